const intervalMs = 500

/** Calls back once the process that started this one has ended. */
export const watchParent = (onEnd: () => void): void => {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onEnd()
  }, intervalMs).unref()
}
