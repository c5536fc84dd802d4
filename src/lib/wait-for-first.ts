/**
 * Resolves with the first of three: a value, `'timeout'` after `timeoutMs`, or `'aborted'` with the signal. `start`
 * receives the function that provides the value, and returns the function that stops waiting for it.
 */
export const waitForFirst = <T>(
  timeoutMs: number,
  signal: AbortSignal,
  start: (provide: (value: T) => void) => () => void,
): Promise<T | 'timeout' | 'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve('aborted')
    const finish = (outcome: T | 'timeout' | 'aborted'): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      stop()
      resolve(outcome)
    }
    const abort = () => finish('aborted')
    const timer = setTimeout(finish, timeoutMs, 'timeout')
    signal.addEventListener('abort', abort)
    const stop = start(finish)
  })
