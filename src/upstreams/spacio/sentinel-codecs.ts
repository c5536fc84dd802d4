import { type Codec, withSentinel } from '#src/mapping/codec.ts'
import { text } from '#src/mapping/codecs.ts'

/** Spacio's forms send `"N/A"` for empty answers. */
export const absentIfNotAvailable = (codec: Codec<string>): Codec<string> => withSentinel('N/A', codec)

export const spacioText: Codec<string> = absentIfNotAvailable(text)

/** Spacio sends `-1` for a missing number. */
export const absentIfMinusOne = (codec: Codec<number>): Codec<number> => withSentinel(-1, codec)
