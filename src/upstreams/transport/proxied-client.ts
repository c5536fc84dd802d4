/** The only importer of undici's proxy clients. `proxy.ts` loads it if a proxy is configured. */
import connect from 'undici/lib/api/api-connect.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import type { CreateProxiedClient, ProxySettings, SingleClient } from './proxied-client-types.ts'
import { Client } from './undici.ts'

/** Tunnels need `connect`, which only a complete undici client has. */
const createTunnelClient = (proxy: URL, options: object): Client =>
  Object.assign(new Client(proxy, options), { connect })

/** A client that uses `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. undici selects the proxy at the first call. */
class ProxiedClient implements SingleClient {
  readonly #origin: string
  readonly #agent: EnvHttpProxyAgent
  #client: Client | undefined

  constructor({ http, https, none }: ProxySettings, ...[origin, options, watch]: Parameters<CreateProxiedClient>) {
    this.#origin = origin
    this.#agent = new EnvHttpProxyAgent({
      ...options,
      httpProxy: http,
      httpsProxy: https,
      noProxy: none,
      clientFactory: createTunnelClient,
      factory: (target, clientOptions) => {
        this.#client = new Client(target, { ...options, ...clientOptions })
        watch(this.#client)
        return this.#client
      },
    })
  }

  dispatch(...[dispatchOptions, handler]: Parameters<SingleClient['dispatch']>): boolean {
    return this.#agent.dispatch({ ...dispatchOptions, origin: this.#origin }, handler)
  }

  destroy(): Promise<void> {
    return this.#agent.destroy()
  }

  get stats(): SingleClient['stats'] {
    return { size: this.#client?.stats.size ?? 0 }
  }
}

export const createProxiedClient = (
  ...[settings, ...rest]: [ProxySettings, ...Parameters<CreateProxiedClient>]
): SingleClient => new ProxiedClient(settings, ...rest)
