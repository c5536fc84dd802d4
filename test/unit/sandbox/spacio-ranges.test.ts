import { expect, test } from 'vitest'
import { control, spacioJson, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox()

interface WireLead {
  name: string
  dateCreated: string
}

const days = ['2024-03-09', '2024-03-10', '2024-03-11']

async function readDays(): Promise<string[]> {
  const window = { startDate: '2024-03-09', endDate: '2024-03-11' }
  const reply = await spacioJson(current(), 'v2/getRegistrantsByBrokerage', { bid: 'b1001', ...window })
  return reply.data
    .filter(({ name }: WireLead) => name.startsWith('Edge'))
    .map(({ dateCreated }: WireLead) => dateCreated)
}

function addEdges(): void {
  current().control.spacio.set({ strictJson: true })
  for (const day of ['2024-03-08', ...days, '2024-03-12']) {
    for (const time of ['00:00:00', '23:59:59']) {
      current().control.spacio.addLead({ sid: 10101, name: `Edge ${day}`, dateCreated: `${day} ${time}` })
    }
  }
}

test.each([
  ['inclusive', 'inclusive', days],
  ['exclusive', 'inclusive', days.slice(1)],
  ['inclusive', 'exclusive', days.slice(0, 2)],
  ['exclusive', 'exclusive', days.slice(1, 2)],
] as const)('start %s, end %s', async (rangeStart, rangeEnd, wanted) => {
  addEdges()
  current().control.spacio.set({ rangeStart, rangeEnd })
  const expected = wanted.flatMap((day) => [`${day} 00:00:00`, `${day} 23:59:59`])
  expect((await readDays()).toSorted()).toEqual(expected)
})

test('order: newest first, oldest first, or shuffled in a stable way', async () => {
  addEdges()
  const newest = await readDays()
  expect(newest).toEqual(newest.toSorted().toReversed())
  current().control.spacio.set({ order: 'oldest' })
  expect(await readDays()).toEqual(newest.toReversed())
  current().control.spacio.set({ order: 'random' })
  const shuffled = await readDays()
  expect(shuffled.toSorted()).toEqual(newest.toSorted())
  expect(await readDays()).toEqual(shuffled)
})

test('pages hold every lead exactly once', async () => {
  current().control.spacio.set({ strictJson: true })
  const fields = { tid: 't2003', startDate: '2020-01-01', endDate: '2030-01-01' }
  const first = await spacioJson(current(), 'v1/getRegistrantsByTeam', fields)
  const ids = new Set<string>()
  for (let page = 1; page <= first.info.totalPages; page++) {
    const { data } = await spacioJson(current(), 'v1/getRegistrantsByTeam', { ...fields, page })
    for (const { id } of data) ids.add(id)
  }
  const wanted = current().world.leads.filter(({ tid }) => tid === 't2003')
  expect(first.info.totalCount).toBe(wanted.length)
  expect(ids).toEqual(new Set(wanted.map(({ id }) => id)))
})

test('leads can be added over HTTP, back-dated or many, and removed', async () => {
  const { url } = current().spacio
  const before = current().world.leads.length
  const { json } = await control(`${url}/__leads`, 'POST', { sid: 10104, count: 3, dateCreated: '2024-01-01 10:00:00' })
  expect(json.data).toHaveLength(3)
  expect(new Date(json.data[0].dateCreated).toISOString()).toBe('2024-01-01T10:00:00.000Z')
  expect(Number.parseInt(json.data[0].id.slice(0, 8), 16) * 1000).toBe(json.data[0].insertedAt)
  expect(current().world.leads).toHaveLength(before + 3)
  expect((await control(`${url}/__leads`, 'DELETE', { id: json.data[0].id })).json).toEqual({ removed: true })
  expect(current().world.leads).toHaveLength(before + 2)
  expect((await control(`${url}/__leads`, 'POST', { sid: 1 })).status).toBe(400)
  await control(`${url}/__reset`, 'POST')
  expect(current().world.leads).toHaveLength(before)
})
