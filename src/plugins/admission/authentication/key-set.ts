import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { hourMs, MiB, minuteMs } from '#src/lib/units.ts'

/** The issuer is unavailable, and the cache has no usable keys. */
class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export interface KeySetOptions {
  readonly url: string
  /** Returns milliseconds since 1970. */
  readonly now: () => number
  /** Receives the result of each request for the keys. */
  readonly report: (result: 'ok' | 'failed') => void
}

/** Time for which cached keys are fresh. */
const freshMs = 10 * minuteMs

/** Time for which cached keys remain usable while the issuer is unavailable. */
const maxStaleMs = 12 * hourMs

/** Limits fetches that tokens with unknown keys cause, and fetches while the issuer is unavailable. */
const cooldownMs = 5_000

/** Longer, because each attempt may delay a request by the whole timeout although stale keys would do. */
const staleCooldownMs = 30_000

const fetchTimeoutMs = 3_000

const maxKeySetBytes = MiB

export const createKeySet = ({ url, now, report }: KeySetOptions) => {
  let cachedKeys: { readonly find: JWTVerifyGetKey; readonly fetchedAt: number } | null = null
  let lastAttemptAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  const flight = createSingleFlight<void>()

  const isWithin = (moment: number, milliseconds: number): boolean => Math.abs(now() - moment) < milliseconds
  const getUsableKeys = () => (cachedKeys && isWithin(cachedKeys.fetchedAt, maxStaleMs) ? cachedKeys : null)

  const fetchKeys = async (): Promise<void> => {
    lastAttemptAt = now()
    try {
      const find = createLocalJWKSet(JSON.parse(await fetchText(url)))
      cachedKeys = { find, fetchedAt: now() }
      hasFailed = false
    } catch {
      hasFailed = true
    } finally {
      report(hasFailed ? 'failed' : 'ok')
    }
  }

  const refresh = async (): Promise<void> => {
    const pause = hasFailed && getUsableKeys() ? staleCooldownMs : cooldownMs
    if (!flight.getPending() && isWithin(lastAttemptAt, pause)) return
    await flight.run(fetchKeys)
  }

  return {
    /** Finds the key of a token, for `jwtVerify` of jose. Throws `KeysUnavailable`. */
    find: (async (header, token) => {
      if (!cachedKeys || !isWithin(cachedKeys.fetchedAt, freshMs)) await refresh()
      const keys = getUsableKeys()
      if (!keys) throw new KeysUnavailable()
      return keys.find(header, token)
    }) satisfies JWTVerifyGetKey,
    /** Fetches the keys again, except during the cooldown. Returns true if the keys changed. Throws `KeysUnavailable`. */
    renew: async (): Promise<boolean> => {
      const before = cachedKeys
      await refresh()
      if (hasFailed) throw new KeysUnavailable()
      return cachedKeys !== before
    },
  }
}

/** Returns the body of a response. Throws if it exceeds the size limit or the timeout. */
const fetchText = async (url: string): Promise<string> => {
  const signal = AbortSignal.timeout(fetchTimeoutMs)
  const reply = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } })
  if (reply.status !== 200 || !reply.body) throw new Error(`the issuer answered ${reply.status}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of reply.body) {
    size += chunk.length
    // Leaving the loop cancels the body.
    if (size > maxKeySetBytes) throw new Error(`the keys are longer than ${maxKeySetBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
