import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { type Config, ConfigError, hasCallers, loadConfig } from './config.ts'
import { installGracefulShutdown } from './graceful-shutdown.ts'
import { watchParent } from './lib/parent.ts'
import { openLog } from './log-destination.ts'

/** Only this file ends the process. */
const exitWithError = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const warnIfNoClients = (app: FastifyInstance, config: Config): void => {
  if (!hasCallers(config)) app.log.warn('no client is configured: requests that need credentials are rejected')
}

/** Reloads tenants and clients. An invalid configuration changes nothing. */
const reload = (app: FastifyInstance): void => {
  try {
    const config = loadConfig()
    app.reload(config)
    app.metrics.recordReload(true)
    app.log.info('the configuration was reloaded')
    warnIfNoClients(app, config)
  } catch (error) {
    app.metrics.recordReload(false)
    if (error instanceof ConfigError)
      app.log.error(
        `the configuration was not changed: ${error.message}; the previous keys, scopes and grants still apply`,
      )
    else app.log.error({ err: error }, 'the configuration could not be reloaded')
  }
}

const start = async (): Promise<void> => {
  const config = loadConfig()
  const app = await buildApp(config, { log: openLog() })
  installGracefulShutdown(app)
  warnIfNoClients(app, config)
  process.on('SIGHUP', () => reload(app))
  // npm starts a shell in between, which may have received and not forwarded a signal.
  if (process.argv.includes('--with-parent')) watchParent(() => process.kill(process.pid, 'SIGTERM'))
  app.log.info({ pid: process.pid }, 'starting: this is the process to signal')
  await app.listen({ host: config.host, port: config.port })
  // For process managers that wait for a message.
  process.send?.('ready')
}

try {
  await start()
} catch (error) {
  if (error instanceof ConfigError)
    exitWithError(`Foyer cannot start: ${error.message}${error.message.endsWith('?') ? '' : '.'}`)
  const { code, port, variable = 'PORT' } = error as { code?: string; port?: number; variable?: string }
  if (code === 'EADDRINUSE')
    exitWithError(`Foyer cannot start: port ${port} is in use; choose another with ${variable}.`)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EADDRNOTAVAIL')
    exitWithError(
      `Foyer cannot start: HOST is not an address of this machine (${code}); choose another, such as 0.0.0.0.`,
    )
  if (code && port !== undefined)
    exitWithError(`Foyer cannot start: ${code} on port ${port}; choose another HOST or ${variable}.`)
  throw error
}
