/** The other contents of a package: the list of routes, and the licences of bundled packages. */
import { channel } from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, expect, test } from 'vitest'
import { createLicences } from '../../../scripts/package/licences.ts'
import { listRouteModules } from '../../../scripts/package/routes.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

let gateway: TestGateway | undefined

afterAll(() => gateway?.close())

test('the list of routes is what the gateway finds in the folders', async () => {
  const found = new Set<string>()
  const collect = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ prefix, url }) => {
      // Plugins also register routes without a prefix, but none at the root.
      if (prefix !== '' || url === '/') found.add(prefix)
    })
  }
  const initialization = channel('fastify.initialization')
  initialization.subscribe(collect)
  gateway = await openGateway({ SPACIO_API_KEY: 'key', LIONDESK_ACCESS_TOKEN: 'token' })
  initialization.unsubscribe(collect)
  await gateway.app.ready()
  expect(
    listRouteModules(root)
      .map(({ prefix }) => prefix)
      .sort(),
  ).toEqual([...found].sort())
})

test('bundled packages have their licences, each once', () => {
  const modules = ['fastify/fastify.js', 'fastify/lib/route.js', '@fastify/cors/index.js'].map(
    (name) => `${root}node_modules/${name}`,
  )
  const text = createLicences([...modules, `${root}src/app.ts`])
  expect(text.match(/^## .*$/gm)).toEqual([
    expect.stringMatching(/^## @fastify\/cors [\d.]+ \(MIT\)$/),
    expect.stringMatching(/^## fastify [\d.]+ \(MIT\)$/),
  ])
  expect(text.match(/Permission is hereby granted/g)).toHaveLength(2)
})
