import type { Dispatcher } from 'undici'
import { Client, createTunnelClient, EnvHttpProxyAgent } from './undici.ts'

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

/**
 * A client that reaches its origin as `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. undici finds the way and makes the
 * client at the first call; `watch` is given it, to follow its connection as that of a client without a proxy.
 */
export const createProxiedClient = (
  { http, https, none }: ProxySettings,
  origin: string,
  options: Client.Options & { connectTimeout: number },
  watch: (client: Client) => void,
): SingleClient => {
  let client: Client | undefined
  const agent = new EnvHttpProxyAgent({
    ...options,
    httpProxy: http,
    httpsProxy: https,
    noProxy: none,
    clientFactory: createTunnelClient,
    factory: (target, given) => {
      client = new Client(target, { ...options, ...given })
      watch(client)
      return client
    },
  })
  return {
    dispatch: (call, handler) => agent.dispatch({ ...call, origin }, handler),
    destroy: () => agent.destroy(),
    get stats() {
      return { size: client?.stats.size ?? 0 }
    },
  }
}
