/** Resolves to true when the promise settles or the signal aborts, and to false after `timeoutMs`. */
export const settlesWithin = (pending: Promise<unknown>, timeoutMs: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(true)
    const settle = (value: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve(value)
    }
    const finish = () => settle(true)
    const timer = setTimeout(() => settle(false), timeoutMs)
    signal.addEventListener('abort', finish)
    pending.then(finish, finish)
  })
