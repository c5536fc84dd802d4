/** Codecs of URLs that frontends render as links and images. Browsers run scripts of other schemes, such as `javascript:`. */
import { type Codec, unreadable } from './codec.ts'

export const isWebUrl = (text: string): boolean => /^\s*https?:\/\//i.test(text)

/** An http or https URL. */
export const webUrl: Codec<string> = {
  name: 'web URL',
  empty: null,
  wire: { type: 'string' },
  decode: (wire) => (typeof wire === 'string' && isWebUrl(wire) ? wire.trim() : unreadable),
  encode: (value) => value,
}

/** Skips each element that is not a web URL. */
const selectWebUrls = (elements: readonly string[], skip: (() => void) | undefined): string[] =>
  elements
    .map((element) => element.trim())
    .filter((element) => {
      if (element === '') return false
      const isUsable = isWebUrl(element)
      if (!isUsable) skip?.()
      return isUsable
    })

/** A URL can contain commas: between URLs, only a comma before a scheme separates. */
const getSeparator = (joined: string): RegExp => (joined.includes('://') ? /,(?=\s*[a-z][a-z0-9+.-]*:\/\/)/i : /,/)

/** Comma-separated web URLs ⇄ list. Encoding writes a comma inside an element as `%2C`. */
export const commaUrls: Codec<string[], string[]> = {
  name: 'comma-separated web URLs',
  empty: [],
  hasElements: true,
  wire: { type: 'string', description: 'Several, separated by commas.' },
  decode: (wire, _drift, skip) =>
    typeof wire === 'string' ? selectWebUrls(wire.split(getSeparator(wire)), skip) : unreadable,
  encode: (value) => (value.length === 0 ? null : value.map((element) => element.replaceAll(',', '%2C')).join(',')),
}

/** One web URL, or a list of them, as a list. */
export const oneOrManyUrls: Codec<string[], string[]> = {
  name: 'one or many web URLs',
  empty: [],
  hasElements: true,
  wire: { type: ['string', 'array'], items: { type: 'string' } },
  decode: (wire, _drift, skip) => {
    const elements = Array.isArray(wire) ? wire : [wire]
    return elements.every((element) => typeof element === 'string') ? selectWebUrls(elements, skip) : unreadable
  },
}
