import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'

/** The keys of the issuer can be had neither from it nor from memory. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export interface KeySetOptions {
  readonly url: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told of each request for the keys. */
  readonly report: (result: 'ok' | 'failed') => void
}

export interface KeySet {
  /** Finds the key of a token, as `jwtVerify` of jose takes it. Throws `KeysUnavailable`. */
  readonly find: JWTVerifyGetKey
  /** Asks the issuer again, unless that was done a moment ago. True: there are other keys now. Throws `KeysUnavailable`. */
  renew(): Promise<boolean>
}

const minuteMs = 60_000

/** Keys are believed for so long without a question. */
const freshMs = 10 * minuteMs

/** Known keys stay usable for so long while the issuer is away. */
const maxStaleMs = 12 * 60 * minuteMs

/** A token with an unknown key asks the issuer again, but not each forged one; nor does each token while it is away. */
const cooldownMs = 5_000

/** Longer where known keys stand in: each attempt may delay a request by the whole timeout. */
const staleCooldownMs = 30_000

const fetchTimeoutMs = 3_000

const maxKeySetBytes = 1024 * 1024

export const createKeySet = ({ url, now, report }: KeySetOptions): KeySet => {
  let cachedKeys: { readonly find: JWTVerifyGetKey; readonly fetchedAt: number } | null = null
  let lastAttemptAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let pending: Promise<void> | null = null

  const isWithin = (moment: number, milliseconds: number): boolean => Math.abs(now() - moment) < milliseconds
  const getUsableKeys = () => (cachedKeys && isWithin(cachedKeys.fetchedAt, maxStaleMs) ? cachedKeys : null)

  const fetchOnce = async (): Promise<void> => {
    lastAttemptAt = now()
    try {
      const find = createLocalJWKSet(JSON.parse(await fetchText(url)))
      cachedKeys = { find, fetchedAt: now() }
      hasFailed = false
    } catch {
      hasFailed = true
    } finally {
      pending = null
      report(hasFailed ? 'failed' : 'ok')
    }
  }

  const refresh = async (): Promise<void> => {
    const pause = hasFailed && getUsableKeys() ? staleCooldownMs : cooldownMs
    if (!pending && isWithin(lastAttemptAt, pause)) return
    pending ??= fetchOnce()
    await pending
  }

  return {
    find: async (header, token) => {
      if (!cachedKeys || !isWithin(cachedKeys.fetchedAt, freshMs)) await refresh()
      const keys = getUsableKeys()
      if (!keys) throw new KeysUnavailable()
      return keys.find(header, token)
    },
    renew: async () => {
      const before = cachedKeys
      await refresh()
      if (hasFailed) throw new KeysUnavailable()
      return cachedKeys !== before
    },
  }
}

/** The body of a reply, unless it is too long or takes too long. */
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
