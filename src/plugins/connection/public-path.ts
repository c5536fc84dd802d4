import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** The path of the public URL, or '' without one. A proxy in front of the gateway removes it from each request. */
    publicPath: string
  }
}

/** Provides the path of the public URL. Other plugins put it before the links that they generate. */
export default fp<{ publicUrl: string | null }>(
  async (app, { publicUrl }) => {
    app.decorate('publicPath', publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, ''))
  },
  { name: 'public-path' },
)
