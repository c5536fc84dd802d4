import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'

/** Answers 405 with `Allow` where a URL exists but not for the method. */
export default fp(
  async (app) => {
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
          handler: async () => {
            throw new Problem('method-not-allowed', { allow: [...known] })
          },
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
