/** The parts of undici that the transport needs: loading all of it takes three times as long, and twice the memory. */
import type { Dispatcher } from 'undici'
import request from 'undici/lib/api/api-request.js'
import buildConnector from 'undici/lib/core/connect.js'
import Client from 'undici/lib/dispatcher/client.js'

export { buildConnector, Client }

/** What takes a call: as much of undici's `Dispatcher` as is needed here. */
export type CallDispatcher = Pick<Dispatcher, 'dispatch'>

/** Sends a call and resolves when the head of its reply is there, as `Dispatcher.request` does. */
export const dispatchRequest = (
  dispatcher: CallDispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> => request.call(dispatcher, options)
