import { absentWhen, type Codec } from '#src/mapping/codec.ts'
import { text } from '#src/mapping/codecs.ts'

/** Spacio's forms write `"N/A"` where somebody had nothing to say. */
export const spacioText: Codec<string> = absentWhen('N/A', text)

/** Spacio writes `-1` for a number that it does not have. */
export const orMinusOne = (codec: Codec<number>): Codec<number> => absentWhen(-1, codec)
