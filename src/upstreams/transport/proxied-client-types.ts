import type { Dispatcher } from 'undici'
import type { Client } from './undici.ts'

/** Forward proxies by upstream protocol, and the hosts that bypass them. Empty texts mean no proxy. */
export interface ProxySettings {
  readonly http: string
  readonly https: string
  readonly none: string
}

/** The client interface of connection pools; it holds a single connection. */
export interface SingleClient {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean
  destroy(): Promise<void>
  readonly stats: { readonly size: number }
}

/** Creates a client for an origin. `watch` receives the client that holds the connection. */
export type CreateProxiedClient = (
  origin: string,
  options: Client.Options & { connectTimeout: number },
  watch: (client: Client) => void,
) => SingleClient
