import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ValueStore } from '#src/store/store.ts'
import { loadKeys } from './generated-key.ts'

/** Signs short texts that a client stores. The client can read but not change them. */
export interface Signer {
  sign(purpose: string, payload: unknown): string
  /** Returns null if the signature is invalid, the text was changed, or it was signed for another purpose. */
  open(purpose: string, text: string): unknown
}

/** Signs with the first key and accepts all keys, so that keys can be rotated. */
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
      // Base64 has several encodings of the same bytes; only the canonical one is accepted.
      if (rest.length > 0 || signature.toString('base64url') !== encodedSignature) return null
      const isValid = keys.some((key) => isEqual(signature, computeSignature(key, purpose, encoded)))
      return isValid ? (JSON.parse(Buffer.from(encoded, 'base64url').toString()) as unknown) : null
    },
  }
}

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** Creates a signer from the configured keys (32 bytes, base64), or from a generated key in the store. */
export const loadSigner = async (configured: readonly string[], store: ValueStore): Promise<Signer> =>
  createSigner(await loadKeys(configured, store, 'signing key'))
