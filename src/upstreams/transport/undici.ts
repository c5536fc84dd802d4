/**
 * Imports only the needed parts of undici, because all of it takes three times as long to load and twice the memory.
 */
import type { Dispatcher } from 'undici'
import request from 'undici/lib/api/api-request.js'
import buildConnector from 'undici/lib/core/connect.js'
import Client from 'undici/lib/dispatcher/client.js'

export { buildConnector, Client }

/** The part of undici's `Dispatcher` that sends a call. */
export type CallDispatcher = Pick<Dispatcher, 'dispatch'>

/** Resolves when the head of the reply has arrived, as `Dispatcher.request` does. */
export const dispatchRequest = (
  dispatcher: CallDispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> => request.call(dispatcher, options)
