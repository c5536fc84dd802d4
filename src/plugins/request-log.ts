import fp from 'fastify-plugin'

/**
 * One line a request, by allow-list: the route's template and never the URL, which may hold an e-mail address; of an
 * error its type, code and frames, but not its message, which may quote a body.
 */
export default fp(
  async (app) => {
    app.addHook('onResponse', async (request, reply) => {
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url ?? null,
          status: reply.statusCode,
          milliseconds: Math.round(reply.elapsedTime),
        },
        'request',
      )
    })
  },
  { name: 'request-log' },
)

/** The message stands before the frames, and may hold lines that look like them. */
const framesOf = ({ stack = '', message }: Error): string =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')

const errorForLog = (error: unknown): Record<string, unknown> | undefined => {
  if (!(error instanceof Error)) return undefined
  const { name, cause } = error
  return { type: name, code: (error as { code?: string }).code, stack: framesOf(error), cause: errorForLog(cause) }
}

export const loggerOptions = (level: string) => ({
  level,
  base: null,
  serializers: {
    req: () => ({}),
    res: () => ({}),
    err: (error: Error) => ({ type: '', message: '', stack: '', ...errorForLog(error) }),
  },
})
