/**
 * Starts work that its caller does not await, and passes a failure to `report`. Otherwise the failure would be an
 * unhandled rejection of the process. Never throws.
 */
export const runInBackground = (work: () => Promise<unknown>, report: (error: unknown) => void): void => {
  Promise.try(work)
    .catch(report)
    // A failure of `report` itself is ignored.
    .catch(() => {})
}
