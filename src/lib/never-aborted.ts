/** For work that others wait for, or that must not stop when a client disconnects. */
export const neverAborted: AbortSignal = new AbortController().signal
