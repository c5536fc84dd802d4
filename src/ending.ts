import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'

/** Milliseconds that what is on its way has for its end. Whoever starts the process must not kill it before. */
export const longestEnd = 30_000

/**
 * Told to stop, the process ends in good order and with 0. It ends with 1 where that takes too long, where it is told a
 * second time, and after an error that nobody caught.
 */
export const endInGoodOrder = (app: FastifyInstance, longest = longestEnd): void => {
  const onTimeout = () =>
    app.log.error(`stopping took longer than ${longest / 1_000} s: what was on its way is cut off`)
  closeWithGrace({ delay: longest, logger: app.log, skip: ['SIGHUP'], onTimeout }, async ({ err }) => {
    if (err) app.log.error({ err }, 'stopping after an error')
    await app.stop()
  })
}
