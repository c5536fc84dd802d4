import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { ValueStore } from '#src/store/store.ts'
import { loadOrCreateKey } from './generated-key.ts'

/** Secrets at rest: AES-256-GCM. What is sealed for one place opens at no other. */
export interface Sealer {
  seal(text: string, place: readonly string[]): string
  /** Null: no key of ours opens it, it was changed, or it was sealed for another place. */
  open(sealed: string, place: readonly string[]): string | null
  /** Sealed with the first key: a text that is not loses its key when the operator takes the old one away. */
  isCurrent(sealed: string): boolean
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Own keys for sealing: the configured one also signs, and no key serves two purposes. */
const deriveKey = (configured: Buffer) => {
  const key = Buffer.from(hkdfSync('sha256', configured, '', 'foyer: sealing of secrets', 32))
  return { key, id: createHash('sha256').update('foyer: id of a key\0').update(key).digest('hex').slice(0, 12) }
}

/** Seals with the first key; what any of them sealed still opens, so that keys can be changed. */
export const createSealer = (configured: readonly [Buffer, ...Buffer[]]): Sealer => {
  const [first, ...others] = configured
  const activeKey = deriveKey(first)
  const keys = new Map([...others.map(deriveKey), activeKey].map(({ id, key }) => [id, key]))
  const prefix = `1.${activeKey.id}.`

  return {
    seal: (text, place) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, activeKey.key, nonce).setAAD(createAad(activeKey.id, place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open: (sealed, place) => {
      const [version, id = '', encoded = ''] = sealed.split('.')
      const key = keys.get(id)
      return version === '1' && key ? decrypt(key, Buffer.from(encoded, 'base64url'), createAad(id, place)) : null
    },
    isCurrent: (sealed) => sealed.startsWith(prefix),
  }
}

const createAad = (keyId: string, place: readonly string[]): Buffer => Buffer.from(JSON.stringify([keyId, ...place]))

const decrypt = (key: Buffer, bytes: Buffer, aad: Buffer): string | null => {
  const nonce = bytes.subarray(0, nonceBytes)
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes)
  try {
    // Without the length a cut tag would do, which is easier to forge.
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(aad).setAuthTag(tag)
    const text = [decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]
    return Buffer.concat(text).toString('utf8')
  } catch {
    return null
  }
}

/**
 * The sealer of the configured keys (32 bytes, base64). Without any it uses one that the store keeps for itself: then
 * whoever reads the whole store can open what is sealed in it. What that key sealed does not open under a configured one,
 * or whoever writes to the store could plant secrets.
 */
export const loadSealer = async (configured: readonly string[], store: ValueStore): Promise<Sealer> => {
  const [first = await loadOrCreateKey(store, 'sealing key'), ...others] = configured
  return createSealer([Buffer.from(first, 'base64'), ...others.map((key) => Buffer.from(key, 'base64'))])
}
