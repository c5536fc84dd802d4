import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ValueStore } from '#src/store/store.ts'
import { loadOrCreateKey } from './generated-key.ts'

/** Small signed texts that a client keeps for us: it can neither read anything secret in them nor change them. */
export interface Signer {
  sign(purpose: string, payload: unknown): string
  /** Null: not ours, changed, cut, or signed for another purpose. */
  open(purpose: string, text: string): unknown
}

/** Signs with the first key; texts signed with any of them are still accepted, so that keys can be changed. */
export const createSigner = (keys: readonly [Buffer, ...Buffer[]]): Signer => {
  const computeSignature = (key: Buffer, purpose: string, payload: string): Buffer =>
    createHmac('sha256', key).update(`${purpose}\0${payload}`).digest()

  return {
    sign: (purpose, payload) => {
      const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url')
      return `${encoded}.${computeSignature(keys[0], purpose, encoded).toString('base64url')}`
    },
    open: (purpose, text) => {
      const [encoded = '', encodedSignature = '', ...rest] = text.split('.')
      const signature = Buffer.from(encodedSignature, 'base64url')
      // Base64 has several spellings of the same bytes: only ours counts.
      if (rest.length > 0 || signature.toString('base64url') !== encodedSignature) return null
      const isOurs = keys.some((key) => isEqual(signature, computeSignature(key, purpose, encoded)))
      return isOurs ? (JSON.parse(Buffer.from(encoded, 'base64url').toString()) as unknown) : null
    },
  }
}

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** The signer of the configured keys (32 bytes, base64); without any, of a key that the store keeps for itself. */
export const loadSigner = async (configured: readonly string[], store: ValueStore): Promise<Signer> => {
  const [first = await loadOrCreateKey(store, 'signing key'), ...others] = configured
  return createSigner([Buffer.from(first, 'base64'), ...others.map((key) => Buffer.from(key, 'base64'))])
}
