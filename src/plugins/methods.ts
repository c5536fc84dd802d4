import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { METHODS } from './node-http.ts'

/** Answers 405 with `Allow` where a URL exists but not for the method. */
export default fp(
  async (app) => {
    // Node reads more methods than the framework routes; CONNECT it never passes on.
    for (const method of METHODS) {
      if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method)
    }

    const methods = new Map<string, Set<string>>()

    app.addHook('onRoute', ({ url, method, config }) => {
      if (config && 'guardsMethods' in config) return
      const known = methods.get(url) ?? new Set<string>()
      for (const each of [method].flat()) known.add(each)
      methods.set(url, known)
    })

    app.decorate('guardMethods', () => {
      for (const [url, known] of methods) {
        if (url.includes('*')) continue
        const others = app.supportedMethods.filter((method) => !known.has(method))
        app.route({
          method: others,
          url,
          schema: { hide: true },
          config: { scope: 'public', guardsMethods: true },
          // Before anybody reads a body or looks at a parameter.
          onRequest: async () => {
            throw new Problem('method-not-allowed', { allow: [...known] })
          },
          handler: async () => {},
        })
      }
    })
  },
  { name: 'methods' },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** To be called once, after all routes are there. */
    guardMethods(): void
  }
  interface FastifyContextConfig {
    guardsMethods?: true
  }
}
