import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { ValueStore } from '#src/store/store.ts'
import { loadKeys } from './generated-key.ts'

/**
 * Encrypts secrets at rest with AES-256-GCM. The context is authenticated: a text opens only in the context of its
 * sealing.
 */
export interface Sealer {
  seal(text: string, context: readonly string[]): string
  /** Returns null if no configured key fits, the text was changed, or the context differs. */
  open(sealed: string, context: readonly string[]): string | null
  /**
   * True if the text was sealed with the first key. Other texts become unreadable when the operator removes their key.
   */
  isCurrent(sealed: string): boolean
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Derives a separate key for sealing, because the configured key also signs. */
const deriveKey = (configured: Buffer) => {
  const key = Buffer.from(hkdfSync('sha256', configured, '', 'foyer: sealing of secrets', 32))
  return { key, id: createHash('sha256').update('foyer: id of a key\0').update(key).digest('hex').slice(0, 12) }
}

/** Seals with the first key and opens with any, so that keys can be rotated. */
export const createSealer = (configured: readonly [Buffer, ...Buffer[]]): Sealer => {
  const [first, ...others] = configured
  const activeKey = deriveKey(first)
  const keys = new Map([...others.map(deriveKey), activeKey].map(({ id, key }) => [id, key]))
  const prefix = `1.${activeKey.id}.`

  return {
    seal: (text, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, activeKey.key, nonce).setAAD(createAad(activeKey.id, context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open: (sealed, context) => {
      const [version, id = '', encoded = ''] = sealed.split('.')
      const key = keys.get(id)
      return version === '1' && key ? decrypt(key, Buffer.from(encoded, 'base64url'), createAad(id, context)) : null
    },
    isCurrent: (sealed) => sealed.startsWith(prefix),
  }
}

const createAad = (keyId: string, context: readonly string[]): Buffer =>
  Buffer.from(JSON.stringify([keyId, ...context]))

const decrypt = (key: Buffer, bytes: Buffer, aad: Buffer): string | null => {
  const nonce = bytes.subarray(0, nonceBytes)
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes)
  try {
    // Without `authTagLength`, Node accepts truncated tags, which are easier to forge.
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(aad).setAuthTag(tag)
    const text = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]
    return Buffer.concat(text).toString('utf8')
  } catch {
    return null
  }
}

/**
 * Creates a sealer from the configured keys (32 bytes, base64), or from a generated key in the store.
 * A generated key does not protect against read access to the whole store. A sealer with configured keys never opens
 * texts of the generated key: write access to the store must not be enough to plant secrets.
 */
export const loadSealer = async (configured: readonly string[], store: ValueStore): Promise<Sealer> =>
  createSealer(await loadKeys(configured, store, 'sealing key'))
