import { Readable } from 'node:stream'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import { afterEach, expect, test } from 'vitest'
import { allGrants, type Caller } from '#src/access-control.ts'
import openResponses from '#src/plugins/admission/open-responses.ts'
import requestState from '#src/plugins/observe/request-state.ts'
import { Problem } from '#src/problems.ts'

const caller: Caller = { tenant: 't', client: 'web', scopes: new Set(['leads:read']), grants: allGrants }

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** An app with one endless file. A test can change the results of `find` and `authorize`. */
const open = async (
  find: () => Caller | null,
  authorize: () => Promise<void>,
  { expiresAt, firstRow }: { expiresAt?: number; firstRow?: Promise<void> } = {},
) => {
  const app = Fastify()
  app.decorate('findCurrentCaller', find as never)
  app.decorate('gateway', { leads: { authorize } } as never)
  await app.register(requestState)
  for (const name of ['authentication', 'authorization']) await app.register(fp(async () => {}, { name }))
  await app.register(openResponses, { now: () => new Date() })
  let rows = 0
  app.get('/file', { config: { scope: 'leads:read' } }, async (request, reply) => {
    request.requestContext = {} as never
    app.followReply(request, reply, { ...caller, ...(expiresAt !== undefined && { expiresAt }) })
    const read = async function* () {
      for (;;) {
        rows += 1
        await firstRow
        yield 'row\n'
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    return reply.send(Readable.from(read()))
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  closers.push(() => app.close())
  const text = fetch(`${url}/file`)
    .then((reply) => reply.text())
    .catch((error: Error) => error)
  return { app, rows: () => rows, text }
}

test.for<[string, () => Caller | null, () => Promise<void>]>([
  ['the key was withdrawn', () => null, async () => {}],
  ['the scope was withdrawn', () => ({ ...caller, scopes: new Set() }), async () => {}],
  ['the grant was withdrawn', () => caller, () => Promise.reject(new Problem('forbidden'))],
  ['the grant cannot be checked', () => caller, () => Promise.reject(new Problem('upstream-unavailable'))],
])('a download is aborted and looks incomplete when a reload finds that %s', async ([, find, authorize]) => {
  let isReloaded = false
  const { app, rows, text } = await open(
    () => (isReloaded ? find() : caller),
    async () => (isReloaded ? authorize() : undefined),
  )
  await expect.poll(rows).toBeGreaterThan(0)
  const [before] = [rows()]
  app.recheckReplies()
  await expect.poll(rows).toBeGreaterThan(before + 3)
  isReloaded = true
  app.recheckReplies()
  expect(await text).toBeInstanceOf(Error)
})

test('a download is aborted even before its first byte', async () => {
  const { promise: firstRow, resolve: giveFirstRow } = Promise.withResolvers<void>()
  let isWithdrawn = false
  const { app, rows, text } = await open(
    () => (isWithdrawn ? null : caller),
    async () => {},
    { firstRow },
  )
  await expect.poll(rows).toBe(1)
  isWithdrawn = true
  app.recheckReplies()
  await new Promise(setImmediate)
  giveFirstRow()
  expect(await Promise.race([text, expect.poll(rows).toBeGreaterThan(3)])).toBeInstanceOf(Error)
})

test('a download is aborted when its token expires', async () => {
  const { text } = await open(
    () => caller,
    async () => {},
    { expiresAt: Date.now() + 50 },
  )
  expect(await text).toBeInstanceOf(Error)
})
