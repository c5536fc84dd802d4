import { type Config, ConfigError } from './config.ts'
import { loadSealer } from './gateway/crypto/encryption.ts'
import { loadSigner } from './gateway/crypto/signing.ts'
import { createGateway } from './gateway/index.ts'
import { toMillisecondClock } from './lib/clock.ts'
import { createTelemetry } from './plugins/observe/telemetry/telemetry.ts'
import { openStore } from './store/index.ts'
import { type Store, StoreUnavailable } from './store/store.ts'
import { watchStore } from './store/watch.ts'
import { createUpstreams } from './upstreams/index.ts'
import { createTransport, loadProxy, type TransportOptions } from './upstreams/transport/index.ts'

export interface ServiceOptions extends Pick<TransportOptions, 'adjustLimits' | 'connectTimeoutMs'> {
  /** Replaces the wall clock, and with it the monotonic clock. */
  now?: () => Date
  /** Maximum time to flush spans at shutdown. */
  flushTimeoutMs?: number
  /** Maximum time between two checks of a live feed's log. */
  logCheckIntervalMs?: number
  /** Spreads retries and pauses. */
  random?: () => number
}

/** What the services report to the process. */
interface ServiceReports {
  onFailure(error: unknown): void
  onStoreUnavailable(error: unknown): void
  onStoreRecovery(): void
}

export type Services = Awaited<ReturnType<typeof createServices>>

/** Creates store, telemetry, transport, upstreams and gateway. Throws `ConfigError` if the store cannot be opened. */
export const createServices = async (config: Config, options: ServiceOptions, reports: ServiceReports) => {
  const { random = Math.random, flushTimeoutMs, logCheckIntervalMs, ...transportOptions } = options
  const { now = () => new Date() } = options
  const nowMs = toMillisecondClock(options.now)
  const openedStore = openConfiguredStore(config.storeUrl, nowMs)
  const telemetry = await createTelemetry({ tracesUrl: config.tracesUrl, flushTimeoutMs })
  const { observer, cacheObserver } = telemetry
  const { store, isUp } = watchStore(openedStore, {
    onFailure: telemetry.metrics.recordStoreFailure,
    onUnavailable: reports.onStoreUnavailable,
    onRecovery: reports.onStoreRecovery,
  })
  const { maxReplicas, tenants, spacioPaging, feed } = config
  const transport = createTransport({
    ledger: store,
    maxReplicas,
    random,
    observer,
    proxy: config.proxy && (await loadProxy(config.proxy)),
    monotonic: options.now ? nowMs : () => performance.now(),
    ...transportOptions,
  })
  const ownUrl = getOwnUrl(config)
  const upstreams = createUpstreams(tenants, transport, now)
  const gateway = createGateway({
    tenants,
    upstreams,
    spacioPaging,
    store,
    ...(await loadKeys(config.storeKeys, store)),
    callbackUrl: `${ownUrl}/connections/callback`,
    feed: { ...feed, logCheckIntervalMs },
    cacheObserver,
    reportFailure: reports.onFailure,
    now,
    nowMs,
  })
  return {
    now,
    nowMs,
    ownUrl,
    telemetry,
    gateway,
    listTenantStatus: () =>
      upstreams.listTenantIds().map((tenant) => ({ tenant, upstreams: upstreams.getStatus(tenant) })),
    isStoreUp: isUp,
    /** Before the server closes: ends live feeds, and stores the tokens that LionDesk has just rotated. */
    settle: async (): Promise<void> => {
      gateway.feed.close()
      await gateway.connections.settle()
    },
    close: async (): Promise<void> => {
      await transport.close()
      await store.close()
    },
  }
}

/** The URL under which browsers reach this gateway. Without a public URL, a URL on this machine or network. */
const getOwnUrl = ({ publicUrl, host, port }: Config): string => {
  const isWildcard = host === '0.0.0.0' || host === '::'
  const name = isWildcard ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return publicUrl ?? `http://${name}:${port}`
}

const openConfiguredStore = (url: string, now: () => number): Store => {
  try {
    return openStore(url, now)
  } catch (error) {
    throw new ConfigError(`FOYER_STORE_URL: ${(error as Error).message}`)
  }
}

const loadKeys = async (configured: readonly string[], store: Store) => {
  try {
    return { signer: await loadSigner(configured, store), sealer: await loadSealer(configured, store) }
  } catch (error) {
    await store.close().catch(() => {})
    if (!(error instanceof StoreUnavailable)) throw error
    throw new ConfigError(
      `FOYER_STORE_URL: ${error.message}; it must store the keys, because FOYER_STORE_KEY is not set`,
    )
  }
}
