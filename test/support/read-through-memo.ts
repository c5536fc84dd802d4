import type { ResponseMemo } from '#src/upstreams/transport/response-memo.ts'

/** Reads a value as the upstreams do: from the memo, or else computed, and stored if the bytes are a repeat. */
export const readThroughMemo = <Value extends object>(
  memo: ResponseMemo,
  key: string,
  body: Buffer,
  compute: () => Value,
): { value: Value; isRepeat: boolean } => {
  const entry = memo.getEntry([key], body)
  const value = (entry.value as Value | null) ?? compute()
  if (entry.isRepeat) entry.value = value
  return { value, isRepeat: entry.isRepeat }
}
