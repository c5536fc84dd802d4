import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import type { TSchema } from 'typebox'
import { Problem } from '#src/problems.ts'
import { getEntityTag, hasOnlyWeakTags, matchesIfMatch } from './entity-tags.ts'

/** Throws `precondition-failed` if the current record is not the one that the client read. */
type AssertMatch = (current: object) => void

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Returns the check that `If-Match` asks for, for records of this schema. Returns undefined without `If-Match`, and
     * for `*`: the write itself answers 404 where there is no record.
     */
    createPrecondition(schema: TSchema): AssertMatch | undefined
    /** Sets `ETag` to the tag that a GET of this record answers. */
    setEntityTag(schema: TSchema, record: object): FastifyReply
  }
}

/** Conditional writes (RFC 9110, section 13.1.1). The route validates the syntax of `If-Match`. */
export default fp(
  async (app) => {
    app.decorateReply('createPrecondition', function (this: FastifyReply, schema: TSchema) {
      const ifMatch = this.request.headers['if-match']
      if (ifMatch === undefined || ifMatch === '*') return undefined
      return (current) => {
        if (!matchesIfMatch(ifMatch, getRecordTag(this, schema, current))) throw createMismatchProblem(ifMatch)
      }
    })
    app.decorateReply('setEntityTag', function (this: FastifyReply, schema: TSchema, record: object) {
      return this.header('etag', getRecordTag(this, schema, record))
    })
  },
  { name: 'preconditions', dependencies: ['serialization'] },
)

/** The wire record is left out, because it has the time of each read: its bytes are never the same twice. */
const getRecordTag = (reply: FastifyReply, schema: TSchema, record: object): string => {
  const { source, ...plain } = record as { source?: unknown }
  return getEntityTag(reply.serializeInput(plain, schema as Record<string, unknown>))
}

const createMismatchProblem = (ifMatch: string): Problem =>
  new Problem('precondition-failed', { detail: hasOnlyWeakTags(ifMatch) ? weakDetail : staleDetail })

const staleDetail =
  'If-Match does not have the current entity tag, so nothing was written. Read the object again without include=source, then decide whether to repeat the change.'

const weakDetail =
  'If-Match has only weak entity tags (W/"…"), which never match, so nothing was written. Send the strong tag of a GET.'
