import type { Guard, Middleware, Release, Send } from './types.ts'

export type TransportLayer = Middleware | Guard

/** The first rule is the outermost. Gates that stand in a row are passed together. */
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

/** The last first, and each once. A defect of one must not keep the others' places taken, nor hide what befell the call. */
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
