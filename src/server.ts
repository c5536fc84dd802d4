import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { ConfigError, loadConfig } from './config.ts'

/** Listens and handles signals: the only file that ends the process. */
const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const start = async (): Promise<void> => {
  const config = loadConfig()
  const app = await buildApp(config)
  closeWithGrace({ delay: 30_000, logger: app.log }, async ({ err }) => {
    if (err) app.log.error({ err }, 'stopping after an error')
    await app.close()
  })
  await app.listen({ host: config.host, port: config.port })
  // For process managers that wait for it.
  process.send?.('ready')
}

try {
  await start()
} catch (error) {
  if (error instanceof ConfigError) fail(`Foyer cannot start: ${error.message}.`)
  const { code, port } = error as { code?: string; port?: number }
  if (code === 'EADDRINUSE') fail(`Foyer cannot start: port ${port} is taken; choose another with PORT.`)
  if (code && port !== undefined) fail(`Foyer cannot start: ${code} on port ${port}; choose another HOST or PORT.`)
  throw error
}
