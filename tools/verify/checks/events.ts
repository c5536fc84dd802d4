/** Checks sorting and filtering of event properties, and with --writes also writes. */
import { type Check, retryOnce, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import type { Deployment } from '../deployment.ts'
import type { Target } from '../targets.ts'
import { assertContract, SkippedCheck } from '../verdicts.ts'
import { isSame, readPage } from './lists.ts'

const listKnownValues = (elements: readonly Json[], field: string): number[] =>
  elements.map((each) => each[field]).filter((value) => typeof value === 'number')

export const createSortCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: sort=-listPrice is descending, sort=listPrice is ascending`,
    run: async ({ read }) => {
      const rising = listKnownValues(
        readPage(await read(withQuery(path, { sort: 'listPrice', limit: 200 }))).data,
        'listPrice',
      )
      const falling = listKnownValues(
        readPage(await read(withQuery(path, { sort: '-listPrice', limit: 200 }))).data,
        'listPrice',
      )
      const up = (one: number, other: number) => one - other
      assertContract(isSame(rising, rising.toSorted(up)), 'sort=listPrice is not ascending')
      assertContract(isSame(falling, falling.toSorted(up).reverse()), 'sort=-listPrice is not descending')
      return `${rising.length} prices`
    },
  })

export const createFilterCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: city and city[ne] partition the list`,
    run: async ({ read }) => {
      const firstPage = readPage(await read(withQuery(path, { limit: 200 })))
      const city = firstPage.data
        .map((each) => each.city)
        .find((each) => typeof each === 'string' && !each.includes(','))
      if (typeof city !== 'string') throw new SkippedCheck('no property has a city')
      const totals: number[] = []
      for (const [filter, isIn] of [
        ['city', true],
        ['city[in]', true],
        ['city[ne]', false],
        ['city[nin]', false],
      ] as const) {
        const { data, pagination } = readPage(await read(withQuery(path, { [filter]: city, limit: 200 })))
        assertContract(
          data.every((each) => (String(each.city).toLowerCase() === city.toLowerCase()) === isIn),
          `${filter} also returns other cities`,
        )
        totals.push(pagination.total)
      }
      const [equal = 0, listed, others = 0, unlisted] = totals
      assertContract(equal === listed && others === unlisted, 'city[in] with one value differs from city')
      assertContract(
        equal > 0 && equal + others === firstPage.pagination.total,
        'city and city[ne] together are not the whole list',
      )
      return `${equal} of ${firstPage.pagination.total}`
    },
  })

const json = { 'content-type': 'application/json' }

/** Removes the created property even if the check fails. */
export const createWritesCheck = (eventPath: string): Check => ({
  name: 'an event property is created once, read, changed and removed',
  run: async (context) => {
    const key = `foyer-verify-${Date.now()}`
    const create = () =>
      context.ask(eventPath, {
        method: 'POST',
        headers: { ...json, 'idempotency-key': key },
        body: { city: 'Verify', listPrice: 1_250_000, bedroomsTotal: null },
      })
    const created = await create()
    if (created.status === 403) throw new SkippedCheck('403: the key has no access')
    assertContract(created.status === 201, `POST: ${created.status}, not 201`)
    const { id } = created.body
    assertContract(typeof id === 'string', 'the created property has no id')
    const path = `${eventPath}/${id}`
    const readRecord = async (): Promise<string> => {
      const location = new URL(created.headers.get('location') ?? '', 'http://deployment').pathname
      assertContract(location.endsWith(path), 'Location is not the URL of the created property')
      const again = await create()
      assertContract(
        again.headers.get('idempotency-replayed') === 'true',
        'a repeated Idempotency-Key creates another property',
      )
      assertContract(again.body.id === id, 'a repeated Idempotency-Key returns another id')
      return change(context, path)
    }
    const message = await readRecord().catch(async (error: unknown) => {
      // Reports the original error, and mentions the property that may remain.
      await remove(context, path).catch(() => {
        if (error instanceof Error) error.message += `; ${path} may not have been removed`
      })
      throw error
    })
    await remove(context, path)
    return message
  },
})

const remove = async ({ ask }: Deployment, path: string): Promise<void> => {
  const removed = await ask(path, { method: 'DELETE' })
  assertContract(removed.status === 204, `DELETE: ${removed.status}, not 204`)
  const missing = await ask(path)
  assertContract(missing.status === 404, `GET of the removed property: ${missing.status}, not 404`)
}

/** The first write with the current tag succeeds and makes the tag stale for the second. */
const checkConditions = async (path: string, ask: Deployment['ask'], tag: string | null): Promise<void> => {
  // A proxy that compresses responses makes their tags weak.
  const strong = String(tag).replace(/^W\//, '')
  const write = (city: string) =>
    ask(path, { method: 'PATCH', headers: { ...json, 'if-match': strong }, body: { city } })
  const current = await write('Verify')
  assertContract(current.status === 200, `PATCH with the current If-Match: ${current.status}, not 200`)
  const stale = await write('Stale')
  assertContract(stale.status === 412, `PATCH with a stale If-Match: ${stale.status}, not 412`)
}

const change = async ({ ask, read }: Deployment, path: string): Promise<string> => {
  const { body } = await read(path)
  assertContract(
    body.city === 'Verify' && body.listPrice === 1_250_000,
    'the property read differs from the property created',
  )
  const patched = await ask(path, { method: 'PATCH', headers: json, body: { city: null } })
  assertContract(patched.status === 200, `PATCH: ${patched.status}, not 200`)
  assertContract(
    patched.body.city === null && patched.body.listPrice === 1_250_000,
    'PATCH does not apply a merge patch',
  )
  assertContract(patched.headers.get('etag') !== null, 'PATCH returns no ETag')
  await checkConditions(path, ask, (await read(path)).headers.get('etag'))
  const readOnly = await ask(path, { method: 'PATCH', headers: json, body: { createdAt: '2020-01-01T00:00:00Z' } })
  assertContract(readOnly.status === 422, `PATCH of a read-only field: ${readOnly.status}, not 422`)
  const unknown = await ask(path, { method: 'PATCH', headers: json, body: { ctiy: 'x' } })
  assertContract(unknown.status === 400, `PATCH of an unknown field: ${unknown.status}, not 400`)
  return ''
}
