import { describe, expect, test } from 'vitest'
import { compose, type TransportLayer } from '#src/upstreams/transport/compose.ts'
import type { Guard, Middleware } from '#src/upstreams/transport/types.ts'
import {
  createProblem,
  createRequest,
  createScriptedSend,
  okReply,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const told: string[] = []

const gate = (name: string, leave: () => void | Promise<void> = () => {}): Guard => ({
  acquire: () => {
    told.push(`${name} in`)
    return (failure) => {
      told.push(`${name} ${failure ? 'failed' : 'out'}`)
      return leave()
    }
  },
})

const policy =
  (name: string): Middleware =>
  (next) =>
  async (request, signal) => {
    told.push(`${name} before`)
    return next(request, signal).finally(() => told.push(`${name} after`))
  }

const run = async (rules: readonly TransportLayer[], step: Parameters<typeof createScriptedSend>[0] = okReply) => {
  told.length = 0
  const outcome = await toSettled(compose(rules, createScriptedSend(step).send)(createRequest(), waitForever()))
  return { outcome, told: [...told] }
}

describe('a stack of middlewares and guards', () => {
  test('runs from the first to the last and back, for either kind', async () => {
    const { outcome, told } = await run([gate('a'), policy('b'), gate('c'), gate('d')])
    expect(outcome).toBe(okReply)
    expect(told).toEqual(['a in', 'b before', 'c in', 'd in', 'd out', 'c out', 'b after', 'a out'])
  })

  test('a guard that rejects is not released, but those before it are', async () => {
    const refusal = createProblem('overloaded')
    const refusing: Guard = {
      acquire: () => {
        throw refusal
      },
    }
    expect(await run([gate('a'), refusing, gate('c')])).toEqual({ outcome: refusal, told: ['a in', 'a failed'] })
  })

  const defects: [string, () => void | Promise<void>][] = [
    [
      'throws',
      () => {
        throw new Error('a defect')
      },
    ],
    ['rejects', async () => Promise.reject(new Error('a defect'))],
  ]

  test.each(defects)('a guard whose release %s affects no other guard and no result', async (_, leave) => {
    const rules = [gate('a'), gate('b', leave), gate('c')]
    expect(await run(rules)).toEqual({ outcome: okReply, told: ['a in', 'b in', 'c in', 'c out', 'b out', 'a out'] })
    const fault = createProblem('upstream-failed')
    expect(await run(rules, fault)).toEqual({
      outcome: fault,
      told: ['a in', 'b in', 'c in', 'c failed', 'b failed', 'a failed'],
    })
  })
})
