/** A year of a large brokerage: more leads than in any other test, over a real connection. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { openSandboxAndGateway } from '../../support/test-gateway.ts'

const now = new Date('2026-11-21T12:00:00Z')

const [from, to] = ['2025-11-21', '2026-11-21']

interface Transfer {
  status: number
  ids: string[]
  lines: number
  /** True if the transfer ended normally; false if it was truncated. */
  isWhole: boolean
}

/** Keeps only the id of each lead. Inside a text, the quotes would be escaped. */
const download = (url: string): Promise<Transfer> =>
  new Promise((resolve, reject) => {
    request(url, (response) => {
      const ids: string[] = []
      let lines = 0
      let rest = ''
      response.setEncoding('latin1')
      response.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        lines += parts.length
        for (const line of parts) {
          const id = /"id":"([0-9a-f]{24})"/.exec(line)?.[1]
          if (id !== undefined) ids.push(id)
        }
      })
      response.on('error', () => {})
      response.on('close', () =>
        resolve({ status: response.statusCode ?? 0, ids, lines, isWhole: response.complete && rest === '' }),
      )
    })
      .on('error', reject)
      .end()
  })

test('a hundred thousand leads, each once', { timeout: 120_000 }, async () => {
  const foyer = await openSandboxAndGateway({ sandbox: { leads: 200_000, now }, now: () => now })
  try {
    const [start, end] = [Date.parse(from), Date.parse(to) + 86_400_000]
    const expected = foyer.sandbox.world.leads
      .filter(({ bid, dateCreated }) => bid === 'b1001' && dateCreated >= start && dateCreated < end)
      .map(({ id }) => id)
    expect(expected.length).toBeGreaterThanOrEqual(100_000)
    const base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })

    const { status, ids, lines, isWhole } = await download(
      `${base}/leads/export?brokerageId=b1001&from=${from}&to=${to}&format=ndjson`,
    )

    expect([status, isWhole, lines, ids.length]).toEqual([200, true, expected.length, expected.length])
    const wanted = new Set(expected)
    // As many distinct ids as lines, and no unknown one.
    expect(new Set(ids).size).toBe(wanted.size)
    expect(ids.filter((id) => !wanted.has(id))).toEqual([])
  } finally {
    await foyer.close()
  }
})
