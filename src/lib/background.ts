/**
 * Starts work that its caller does not await. A failure is reported to `report`: as an unhandled rejection it would
 * concern the whole process. Nothing that this function starts can throw at its caller.
 */
export const runInBackground = (work: () => Promise<unknown>, report: (error: unknown) => void): void => {
  Promise.try(work)
    .catch(report)
    // A report that fails has nobody left to report to.
    .catch(() => {})
}
