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
     * Returns the check that `If-Match` requires, for records of this schema. Returns undefined without `If-Match` and
     * for `*`, because the write itself answers 404 if the record does not exist.
     */
    createPrecondition(schema: TSchema): AssertMatch | undefined
    /** Sets `ETag` to the tag that a GET of this record returns. */
    setEntityTag(schema: TSchema, record: object): FastifyReply
  }
}

/** Implements conditional writes (RFC 9110, section 13.1.1). The route validates the syntax of `If-Match`. */
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

/** Omits the wire record, because it contains the time of the read and would change the tag each time. */
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
