import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { syncHook } from '../sync-hook.ts'

/** Parses bodies: uncompressed JSON or JSON merge patches in UTF-8. It rejects other media types. */
export default fp(
  async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers()
    const parseJson = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser(
      ['application/json', 'application/merge-patch+json'],
      { parseAs: 'buffer' },
      (request, body: Buffer, done) => {
        // Many clients send a media type without a body, for example with DELETE.
        if (body.length === 0) done(null, undefined)
        else parseJson(request, decodeUtf8(body), done)
      },
    )
    app.addHook(
      'preValidation',
      syncHook(({ body, route }) => {
        if (body === undefined || body === null || route.schema?.body) return
        const message = 'is not accepted by this operation'
        throw new Problem('invalid-request', { detail: `A body ${message}.`, errors: [{ path: 'body', message }] })
      }),
    )
    app.addHook('preParsing', ({ headers, method }, _reply, payload, done) => {
      if (method !== 'PATCH' && headers['content-type']?.includes('merge-patch')) {
        throw new Problem('unsupported-media-type', { detail: 'A merge patch needs the method PATCH.' })
      }
      const encoding = headers['content-encoding']?.trim().toLowerCase()
      if (!encoding || encoding === 'identity') return done(null, payload)
      throw new Problem('unsupported-media-type', { detail: 'The body must not be compressed.' })
    })
  },
  { name: 'body-parsing' },
)

/** Rejects invalid UTF-8, because the replacement characters would be written to the upstream. */
const decodeUtf8 = (body: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw new Problem('invalid-request', { detail: 'The body is not UTF-8.', cause })
  }
}
