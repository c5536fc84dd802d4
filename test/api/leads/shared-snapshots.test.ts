/** Each process has its own snapshots. This is what a client gets if its pages come from two processes. */
import { expect, test } from 'vitest'
import { startSandbox } from '../../../sandbox/index.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const page = async (gateway: TestGateway, offset: number): Promise<{ ids: string[]; total: number }> => {
  const { body } = await gateway.get(`/leads?brokerageId=b1001&limit=20&offset=${offset}`)
  return { ids: body.data.map(({ id }: { id: string }) => id), total: body.pagination.total }
}

test('pages of one process are consistent, and across processes a row may repeat but none is lost', async () => {
  const sandbox = await startSandbox({ leads: 2_000 })
  const [one, other] = [await openGateway(createEnvironment(sandbox)), await openGateway(createEnvironment(sandbox))]
  const first = await page(one, 0)
  sandbox.control.spacio.addLead({ sid: 10101 })

  const same = await page(one, 20)
  expect([same.total, same.ids.some((id) => first.ids.includes(id))]).toEqual([first.total, false])

  const another = await page(other, 20)
  expect(another.total).toBe(first.total + 1)
  expect(another.ids[0]).toBe(first.ids.at(-1))
  expect(another.ids.slice(1)).toEqual(same.ids.slice(0, -1))

  await one.close()
  await other.close()
  await sandbox.close()
})
