/**
 * A reply may quote the command that it refuses, and ioredis attaches the whole of it: with passwords and values, which no
 * error may hold.
 */
export const stripArguments = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error('unknown failure')
  const { name, message, code } = error as NodeJS.ErrnoException
  // Where a host has several addresses, Node says what went wrong with them in the code only.
  const safeError = new Error(message.replace(/,? with args beginning with:.*$/s, '') || code || name)
  safeError.name = name
  return Object.assign(safeError, code === undefined ? {} : { code })
}
