/** The parts of undici that the transport needs: loading all of it takes three times as long, and twice the memory. */
import type { Dispatcher } from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import request from 'undici/lib/api/api-request.js'
import buildConnector from 'undici/lib/core/connect.js'
import Client from 'undici/lib/dispatcher/client.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'

export { buildConnector, Client, EnvHttpProxyAgent }

/** What takes a call: as much of undici's `Dispatcher` as is needed here. */
export type CallDispatcher = Pick<Dispatcher, 'dispatch'>

/** Sends a call and resolves when the head of its reply is there, as `Dispatcher.request` does. */
export const requestOn = (
  dispatcher: CallDispatcher,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> => request.call(dispatcher, options)

/** A client for the tunnels through a proxy: `connect` is a method of a whole undici only. */
export const createTunnelClient = (proxy: URL, options: object): Client =>
  Object.assign(new Client(proxy, options), { connect })
