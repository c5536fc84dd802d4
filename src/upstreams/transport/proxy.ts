import type { CreateProxiedClient, ProxySettings } from './proxied-client-types.ts'

/** Loads undici's proxy modules, which a gateway without a proxy does not need. */
export const loadProxy = async (settings: ProxySettings): Promise<CreateProxiedClient> => {
  const { createProxiedClient } = await import('./proxied-client.ts')
  return (origin, options, watch) => createProxiedClient(settings, origin, options, watch)
}
