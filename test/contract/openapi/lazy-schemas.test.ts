/**
 * Schemas are compiled when a request first needs them. This test compiles all of them, so that a broken one is not
 * found in production.
 */
import { channel } from 'node:diagnostics_channel'
import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { components } from '#schemas/components.ts'
import { toSerializableSchemas } from '#src/plugins/response/serialization/schemas.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const parts = ['body', 'querystring', 'params', 'headers'] as const

const routes: RouteOptions[] = []
let gateway: TestGateway

const collect = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', (route) => {
    routes.push(route)
  })
}

beforeAll(async () => {
  const initialization = channel('fastify.initialization')
  initialization.subscribe(collect)
  gateway = await openGateway({ SPACIO_API_KEY: 'key', LIONDESK_ACCESS_TOKEN: 'token' })
  initialization.unsubscribe(collect)
  await gateway.app.ready()
})

afterAll(() => gateway.close())

const getOperations = ({ url, method }: RouteOptions): string => `${[method].flat().join()} ${url}`

test('input: every part of every route', () => {
  const compile = gateway.app.validatorCompiler
  const given = routes.flatMap((route) =>
    parts.flatMap((httpPart) => {
      const schema = route.schema?.[httpPart] as object | undefined
      return schema ? [{ schema, httpPart, url: route.url, method: getOperations(route) }] : []
    }),
  )
  expect(given.length).toBeGreaterThan(50)
  for (const each of given) {
    expect(() => compile?.(each)({}), `${each.method}: ${each.httpPart}`).not.toThrow()
  }
  const broken = { schema: { type: 'nonsense' }, httpPart: 'body', url: '/', method: 'POST' }
  expect(() => compile?.(broken)({})).toThrow()
})

test('output: every reply of every route', () => {
  const schema = toSerializableSchemas(components) as unknown as Record<string, Schema>
  const compile = (of: unknown) => fastJsonStringify(of as Schema, { schema })
  const replies = routes.flatMap((route) =>
    Object.entries((route.schema?.response ?? {}) as Record<string, Reply>).flatMap(([status, reply]) =>
      getSchemas(reply).map((of) => [JSON.stringify(of), `${getOperations(route)}: ${status}`] as const),
    ),
  )
  expect(replies.length).toBeGreaterThan(50)
  for (const [of, where] of new Map(replies)) expect(() => compile(JSON.parse(of)), where).not.toThrow()
  expect(() => compile({ $ref: 'Nobody#' })).toThrow()
})

interface Reply {
  content?: Record<string, { schema?: object }>
}

/** As the framework does: for a reply with `content`, the schemas of its media types. */
const getSchemas = (reply: Reply): object[] =>
  reply.content ? Object.values(reply.content).flatMap(({ schema }) => schema ?? []) : [reply]
