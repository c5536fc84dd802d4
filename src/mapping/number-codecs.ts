import { type Codec, type Unreadable, unreadable, type WireSchema } from './codec.ts'
import type { ValueTranscoder } from './transcode/types.ts'
import { transcodeDecimal, transcodeInteger } from './transcode/values.ts'

const digits = String.raw`(\d+|\d{1,3}(,\d{3})+)(\.\d+)?`

const numericText = new RegExp(`^[+-]?${digits}$`)

/** The common spelling. A double holds every number of this many digits. */
const plainDigits = /^\d{1,15}$/

const moneyText = new RegExp(String.raw`^[+-]?(\s*\$\s*)?${digits}$`)

const readNumber = (wire: unknown): number | Unreadable => {
  if (typeof wire === 'number') return Number.isFinite(wire) ? wire : unreadable
  if (typeof wire !== 'string') return unreadable
  if (plainDigits.test(wire)) return Number(wire)
  const trimmed = wire.trim()
  if (!numericText.test(trimmed)) return unreadable
  const value = Number(trimmed.replaceAll(',', ''))
  return Number.isFinite(value) ? value : unreadable
}

const readInteger = (wire: unknown): number | Unreadable => {
  const value = readNumber(wire)
  if (value === unreadable || !Number.isSafeInteger(value)) return unreadable
  // A double can be too coarse for the fraction of the text.
  return typeof wire === 'string' && /\.\d*[1-9]/.test(wire) ? unreadable : value
}

/** Never uses an exponent, because old databases cannot read one. */
const toDecimalDigits = (value: number): string => {
  const [digits = '', exponent] = String(value).split('e')
  if (exponent === undefined) return digits
  const [, sign = '', integerPart = '', fraction = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits) ?? []
  const shift = Number(exponent)
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${integerPart}${fraction}`
    : `${sign}${integerPart}${fraction.padEnd(shift, '0')}`
}

const createNumberCodec = (
  name: string,
  wire: WireSchema,
  read: (wire: unknown) => number | Unreadable,
  transcode: ValueTranscoder = transcodeDecimal,
): Codec<number> => ({
  name,
  empty: null,
  wire,
  decode: read,
  encode: toDecimalDigits,
  transcode,
})

/** A whole number, as a JSON number or as digits in text. */
export const integer = createNumberCodec(
  'integer',
  { type: ['integer', 'string'], pattern: numericText.source },
  readInteger,
  transcodeInteger,
)

/** A number, as a JSON number or as text with optional thousands separators. */
export const decimal = createNumberCodec(
  'decimal',
  { type: ['number', 'string'], pattern: numericText.source },
  readNumber,
)

/** An amount: `2300000`, `"2300000"`, `"$2,500,000"` or `"499900.00"`. The currency is not stated upstream. */
export const money = createNumberCodec(
  'money',
  {
    type: ['string', 'number'],
    pattern: moneyText.source,
    description: 'In text a currency sign and thousands separators may stand.',
    examples: ['2300000', '$2,500,000', 499900.5],
  },
  (wire) => (typeof wire === 'string' ? readNumber(wire.trim().replace(/^([+-]?)\s*\$\s*/, '$1')) : readNumber(wire)),
)

/** Free-text area: `"10,000"`, `"20000"`, `"2,500 sq ft"`; any other unit or a range is unreadable. */
export const areaText = createNumberCodec(
  'area text',
  { type: ['string', 'number'], description: 'Free text, usually a number.', examples: ['10,000', '2,500 sq ft'] },
  (wire) =>
    typeof wire === 'string'
      ? readNumber(wire.trim().replace(/(?<=[\d.])\s*(sq\.?\s*ft\.?|square feet|ft²)$/i, ''))
      : readNumber(wire),
)
