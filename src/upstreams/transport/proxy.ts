import type { Dispatcher } from 'undici'
import type { Client } from './undici.ts'

/** Forward proxies by the protocol of the upstream, and the hosts that are reached without one. Empty: there is none. */
export interface ProxySettings {
  readonly http: string
  readonly https: string
  readonly none: string
}

/** What connection pools need of a client that holds one connection. */
export interface SingleClient {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
  destroy(): Promise<void>
  readonly stats: { readonly size: number }
}

/** Makes a client that reaches an origin through the proxy for it. `watch` is given the client that holds the connection. */
export type CreateProxiedClient = (
  origin: string,
  options: Client.Options & { connectTimeout: number },
  watch: (client: Client) => void,
) => SingleClient

/** Loads the parts of undici that proxies need, which a gateway without one does without. */
export const loadProxy = async (settings: ProxySettings): Promise<CreateProxiedClient> => {
  const { createProxiedClient } = await import('./proxied-client.ts')
  return (origin, options, watch) => createProxiedClient(settings, origin, options, watch)
}
