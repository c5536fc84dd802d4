import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ResultPage } from '#src/query/page.ts'

declare module 'fastify' {
  interface FastifyReply {
    /** Sends a page of a list with a `Link` header (RFC 8288): first, prev, next, last. */
    sendPage<T>(page: ResultPage<T>): FastifyReply
    /** Adds a link with `rel="alternate"` to another operation, with the same query but without paging parameters. */
    setAlternateLink(path: string): FastifyReply
    /** Sets status 201, and `Location` if the path is known. */
    setCreated(path: string | null): FastifyReply
  }
}

/** Adds `Link` and `Location` headers, with the public URL if it is configured. */
export default fp<{ publicUrl: string | null }>(
  async (app, { publicUrl }) => {
    app.decorateReply('sendPage', function <T>(this: FastifyReply, page: ResultPage<T>) {
      return this.header('link', formatLinks(this.request, page.pagination, publicUrl ?? '')).send(page)
    })
    app.decorateReply('setCreated', function (this: FastifyReply, path: string | null) {
      if (path !== null) this.header('location', `${publicUrl ?? ''}${path}`)
      return this.code(201)
    })
    app.decorateReply('setAlternateLink', function (this: FastifyReply, path: string) {
      const query = new URLSearchParams(splitUrl(this.request).search)
      for (const name of ['limit', 'offset', 'include', 'sort']) query.delete(name)
      return this.header('link', `<${publicUrl ?? ''}${path}?${query}>; rel="alternate"`)
    })
  },
  { name: 'links' },
)

const splitUrl = ({ url }: FastifyRequest): { path: string; search: string } => {
  const end = url.includes('?') ? url.indexOf('?') : url.length
  return { path: url.slice(0, end), search: url.slice(end + 1) }
}

const formatLinks = (
  request: FastifyRequest,
  { total, limit, offset }: ResultPage<unknown>['pagination'],
  base: string,
): string => {
  const { path, search } = splitUrl(request)
  const link = (relation: string, to: number): string => {
    const query = new URLSearchParams(search)
    query.set('limit', String(limit))
    query.set('offset', String(to))
    return `<${base}${path}?${query}>; rel="${relation}"`
  }
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit
  return [
    link('first', 0),
    // After the end of the list, the previous page is the last one and not another empty page.
    ...(offset > 0 ? [link('prev', Math.max(0, Math.min(offset - limit, last)))] : []),
    ...(offset + limit < total ? [link('next', offset + limit)] : []),
    link('last', last),
  ].join(', ')
}
