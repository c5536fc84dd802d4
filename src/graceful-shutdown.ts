import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'

/** Maximum duration of a shutdown. A process manager must allow at least this time before it kills the process. */
export const shutdownTimeoutMs = 30_000

/**
 * Shuts down gracefully after a signal and exits with 0. Exits with 1 after a timeout, a second signal or an uncaught
 * exception. An unhandled rejection is only logged.
 * @see https://github.com/mcollina/close-with-grace
 */
export const installGracefulShutdown = (app: FastifyInstance, timeoutMs = shutdownTimeoutMs): void => {
  const onTimeout = () =>
    app.log.error(`the shutdown took longer than ${timeoutMs / 1_000} s: requests in progress are aborted`)
  // Background work uses `runInBackground`, so an unhandled rejection is a bug. It must not end other requests.
  process.on('unhandledRejection', (error) => app.reportFailure(error))
  closeWithGrace(
    { delay: timeoutMs, logger: app.log, skip: ['SIGHUP', 'unhandledRejection'], onTimeout },
    async ({ err }) => {
      if (err) app.log.error({ err }, 'shutting down after an error')
      await app.stop()
    },
  )
}
