import { type Codec, withSentinel } from '#src/mapping/codec.ts'
import { text } from '#src/mapping/codecs.ts'

/** Spacio's forms write `"N/A"` where somebody had nothing to say. */
export const spacioText: Codec<string> = withSentinel('N/A', text)

/** Spacio writes `-1` for a number that it does not have. */
export const absentIfMinusOne = (codec: Codec<number>): Codec<number> => withSentinel(-1, codec)
