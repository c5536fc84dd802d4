/** Makes a share of the upstream calls fail, with all fault kinds of the sandbox. */
import { faultKinds } from '../../sandbox/http/faults.ts'
import type { Random } from '../budget/random.ts'

/** `rate-reached` would block the hour; the others need additional parameters. */
const excludedKinds = ['rate-reached', 'redirect', 'error', 'body']

const kinds = faultKinds.filter((kind) => !excludedKinds.includes(kind))

/** Large enough to be rejected, small enough to be sent. */
const faultOptions = { latency: { ms: 1_500 }, oversized: { bytes: 20_000_000 }, 'gzip-bomb': { bytes: 50_000_000 } }

const post = async (url: string, body: unknown): Promise<void> => {
  const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(await reply.text())
  await reply.body?.cancel()
}

export interface CallCounts {
  spacio: number
  liondesk: number
}

export const createFaults = (urls: Record<keyof CallCounts, string>, share: number, random: Random) => {
  const set = { spacio: 0, liondesk: 0 }

  const addOne = async (system: keyof CallCounts): Promise<void> => {
    const kind = kinds[Math.floor(random() * kinds.length)] as string
    const more = faultOptions[kind as keyof typeof faultOptions] ?? {}
    set[system] += 1
    await post(`${urls[system]}/__faults`, {
      operation: '*',
      kind,
      times: 1,
      after: Math.floor(random() * 10),
      ...more,
    })
  }

  return {
    set: () => set.spacio + set.liondesk,
    /** Adds the faults that are due after this number of calls. */
    keepUp: async (calls: CallCounts): Promise<void> => {
      for (const system of ['spacio', 'liondesk'] as const)
        while (set[system] < calls[system] * share) await addOne(system)
    },
  }
}
