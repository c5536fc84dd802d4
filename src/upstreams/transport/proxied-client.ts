/** The only importer of undici's proxies: `proxy.ts` loads it where one is configured. */
import connect from 'undici/lib/api/api-connect.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import type { CreateProxiedClient, ProxySettings, SingleClient } from './proxy.ts'
import { Client } from './undici.ts'

/** For tunnels through a proxy: `connect` is a method of a whole undici only. */
const createTunnelClient = (proxy: URL, options: object): Client =>
  Object.assign(new Client(proxy, options), { connect })

/**
 * A client that reaches its origin as `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. undici finds the way and makes the
 * client at the first call.
 */
export const createProxiedClient = (
  { http, https, none }: ProxySettings,
  ...[origin, options, watch]: Parameters<CreateProxiedClient>
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
