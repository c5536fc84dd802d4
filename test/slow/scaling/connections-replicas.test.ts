/** Two gateways on one store: each sees the changes of the other, and nothing is done twice. */
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { type SharedStore, sharedStores } from '../../support/connection-stores.ts'
import {
  completeAuthorization,
  connectAccount,
  countRefreshes,
  listBearers,
  listConnections,
  listRequests,
  openConnectedGateway,
  openSandbox,
  startAuthorization,
  submitConsent,
} from '../../support/connections.ts'
import { runCleanup } from '../../support/store/temporary.ts'

let shared: SharedStore | undefined

afterEach(async () => {
  await shared?.close()
  shared = undefined
  await runCleanup()
})

describe.each(sharedStores)('%s', (_name, startStore) => {
  const openTwo = async () => {
    shared = await startStore()
    const sandbox = await openSandbox()
    let time = Date.now()
    const env = { FOYER_STORE_URL: shared.url }
    const options = { now: () => new Date(time) }
    const later = (milliseconds: number): void => {
      time += milliseconds
    }
    const open = async () => {
      const gateway = await openConnectedGateway(sandbox, env, options)
      // On a busy machine, the first connection to the store takes longer than a call may wait.
      await expect.poll(async () => (await gateway.get('/connections')).status).toBe(200)
      // The gateway keeps this list for two seconds.
      later(2_000)
      return gateway
    }
    return { sandbox, one: await open(), two: await open(), open, later, url: shared.url }
  }

  test('started on one gateway, completed on the other, used on both', async () => {
    const { one, two } = await openTwo()
    const { id, authorizeUrl } = await startAuthorization(one)
    const back = await submitConsent(authorizeUrl)
    expect(await listConnections(two)).toMatchObject([{ id, status: 'pending' }])
    const replies = await Promise.all([one, two, one, two].map((gateway) => completeAuthorization(gateway, back)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400])
    for (const gateway of [one, two]) {
      expect(await listConnections(gateway)).toMatchObject([{ id, status: 'connected' }])
      expect((await gateway.get(`/events/7/properties?connection=${id}`)).status).toBe(200)
    }
  })

  test('forty requests at two gateways on a token that LionDesk refuses: one refresh', async () => {
    const { sandbox, one, two } = await openTwo()
    await connectAccount(one)
    for (const gateway of [one, two]) expect((await gateway.get('/events/7/properties')).status).toBe(200)
    for (let round = 1; round <= 3; round += 1) {
      sandbox.control.liondesk.expireToken()
      const replies = await Promise.all(
        Array.from({ length: 40 }, (_, index) => (index % 2 ? one : two).get('/events/7/properties')),
      )
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
      expect(countRefreshes(sandbox).length).toBe(round)
    }
  })

  test('a token that one gateway renewed is used at the other, however slow LionDesk is', async () => {
    const { sandbox, one, two } = await openTwo()
    await connectAccount(one)
    expect((await two.get('/events/7/properties')).status).toBe(200)
    sandbox.control.liondesk.expireToken()
    sandbox.control.clearRequests()
    sandbox.control.liondesk.fault({ operation: 'token', kind: 'latency', ms: 1_500 })
    const replies = await Promise.all([one, two].map((gateway) => gateway.get('/events/7/properties')))
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    expect(countRefreshes(sandbox).length).toBe(1)
    const [, , third, fourth] = listBearers(listRequests(sandbox, 'find'))
    expect(third).toBe(fourth)
  })

  test('a connection that one gateway removes stops working at the other within seconds', async () => {
    const { sandbox, one, two, later } = await openTwo()
    const id = await connectAccount(one)
    expect((await two.get('/events/7/properties')).status).toBe(200)
    expect((await one.send('DELETE', `/connections/${id}`)).status).toBe(204)
    const calls = listRequests(sandbox, 'find').length

    later(2_000)
    expect((await two.get(`/events/7/properties?connection=${id}`)).status).toBe(403)
    expect(listRequests(sandbox, 'find').length).toBe(calls)
  })

  test('a connection that one gateway reconnects works immediately at the other, which has seen it revoked', async () => {
    const { sandbox, one, two } = await openTwo()
    const id = await connectAccount(one)
    sandbox.control.liondesk.revokeToken()
    for (const gateway of [one, two]) expect((await gateway.get('/events/7/properties')).status).toBe(409)
    await connectAccount(one, { body: { reauthorize: id } })
    expect((await two.get('/events/7/properties')).status).toBe(200)
  })

  test('the next process uses a stored rotated token, whatever happens to the first process', async () => {
    const { sandbox, one, open } = await openTwo()
    await connectAccount(one)
    sandbox.control.liondesk.expireToken()
    // The process dies after it has received the token and before it uses it: the reply for the event never arrives.
    sandbox.control.liondesk.fault({ operation: 'find', kind: 'unauthorized', after: 0, times: 1 })
    sandbox.control.liondesk.fault({ operation: 'find', kind: 'reset', times: 10 })
    expect((await one.get('/events/7/properties')).status).toBe(502)
    await one.close()
    sandbox.control.liondesk.clearFaults()

    const next = await open()
    expect((await next.get('/events/7/properties')).status).toBe(200)
    expect(countRefreshes(sandbox).length).toBe(1)
    sandbox.control.liondesk.expireToken()
    expect((await next.get('/events/7/properties')).status).toBe(200)
    expect(new Set(countRefreshes(sandbox).map(({ refresh_token }) => refresh_token)).size).toBe(2)
  })

  test('a gateway that shuts down stores the token that LionDesk is about to return', async () => {
    const { sandbox, one, two, later } = await openTwo()
    await connectAccount(one)
    later(0.9 * 2_592_000_000)
    sandbox.control.liondesk.fault({ operation: 'token', kind: 'latency', ms: 500 })
    expect((await one.get('/events/7/properties')).status).toBe(200)
    await expect.poll(() => countRefreshes(sandbox).length).toBe(1)
    await one.close()
    sandbox.control.liondesk.expireToken()
    expect((await two.get('/events/7/properties')).status).toBe(200)
    expect(new Set(countRefreshes(sandbox).map(({ refresh_token }) => refresh_token)).size).toBe(
      countRefreshes(sandbox).length,
    )
  })

  test('a replica that died during a refresh delays the others only until its lease expires', async () => {
    const { sandbox, one, two, later, url } = await openTwo()
    const id = await connectAccount(one)
    sandbox.control.liondesk.expireToken()
    const store = openStore(url, () => Date.now())
    await store.setIfAbsent(`lease of ${JSON.stringify(['connections', 'default', id])}`, 'the dead', 1_000)
    const waiting = two.get('/events/7/properties')
    later(60_000)
    expect((await waiting).status).toBe(200)
    expect(countRefreshes(sandbox).length).toBe(1)
    await store.close()
  })
})
