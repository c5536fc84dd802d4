import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'

/** Milliseconds that what is on its way has for its end. Whoever starts the process must not kill it before. */
export const shutdownTimeoutMs = 30_000

/**
 * Told to stop, the process ends in good order and with 0. It ends with 1 where that takes too long, where it is told a
 * second time, and after an uncaught exception. A rejected promise that nothing handled is logged, and does not end it.
 */
export const installGracefulShutdown = (app: FastifyInstance, timeoutMs = shutdownTimeoutMs): void => {
  const onTimeout = () =>
    app.log.error(`stopping took longer than ${timeoutMs / 1_000} s: what was on its way is cut off`)
  // Work is started through `runInBackground`, so this is a defect. It must not end the work of everybody else.
  process.on('unhandledRejection', (error) => app.reportFailure(error))
  closeWithGrace(
    { delay: timeoutMs, logger: app.log, skip: ['SIGHUP', 'unhandledRejection'], onTimeout },
    async ({ err }) => {
      if (err) app.log.error({ err }, 'stopping after an error')
      await app.stop()
    },
  )
}
