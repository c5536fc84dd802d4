import type { Guard, Middleware, Release, Send } from './types.ts'

export type TransportLayer = Middleware | Guard

/** Composes the layers of a call; the first is the outermost. Guards in a row run in one loop, without nested promises. */
export const compose = (layers: readonly TransportLayer[], dispatch: Send): Send => {
  let send = dispatch
  let guardRow: Guard[] = []
  for (const layer of layers.toReversed()) {
    if (typeof layer !== 'function') guardRow.unshift(layer)
    else {
      send = layer(runGuards(guardRow, send))
      guardRow = []
    }
  }
  return runGuards(guardRow, send)
}

const runGuards = (guards: readonly Guard[], next: Send): Send => {
  if (guards.length === 0) return next
  return async (request, signal) => {
    const releases: Release[] = []
    try {
      for (const guard of guards) {
        const release = guard.acquire(request, signal)
        releases.push(typeof release === 'function' ? release : await release)
      }
      const value = await next(request, signal)
      const pendingRelease = releaseAll(releases, null)
      if (pendingRelease) await pendingRelease
      return value
    } catch (error) {
      await releaseAll(releases, { error })
      throw error
    }
  }
}

/**
 * Releases each guard once, in reverse order. If a release throws, the others still run, and the caller gets the result of the
 * call.
 */
const releaseAll = (releases: Release[], failure: Parameters<Release>[0]): Promise<void> | undefined => {
  for (let release = releases.pop(); release; release = releases.pop()) {
    const pendingRelease = tryRelease(release, failure)
    if (pendingRelease) return pendingRelease.catch(() => {}).then(() => releaseAll(releases, failure))
  }
  return undefined
}

const tryRelease = (release: Release, failure: Parameters<Release>[0]): Promise<void> | undefined => {
  try {
    const pendingRelease = release(failure)
    return pendingRelease instanceof Promise ? pendingRelease : undefined
  } catch {
    return undefined
  }
}
