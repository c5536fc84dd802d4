/**
 * Error replies may quote the command, and ioredis attaches it. Both may contain passwords and values, so they are
 * removed.
 */
export const stripArguments = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error('unknown failure')
  const { name, message, code } = error as NodeJS.ErrnoException
  // For hosts with several addresses, Node puts the reason into the code only.
  const safeError = new Error(message.replace(/,? with args beginning with:.*$/s, '') || code || name)
  safeError.name = name
  return Object.assign(safeError, code === undefined ? {} : { code })
}
