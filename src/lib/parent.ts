const pollIntervalMs = 500

/** Calls `onExit` after the parent process has ended. */
export const watchParent = (onExit: () => void): void => {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onExit()
  }, pollIntervalMs).unref()
}
