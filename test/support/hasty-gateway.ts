/** Runs the gateway's process with a shorter grace period at shutdown. */
import { buildApp } from '#src/app.ts'
import { loadConfig } from '#src/config.ts'
import { installGracefulShutdown } from '#src/graceful-shutdown.ts'
import { openLog } from '#src/log-destination.ts'

const config = loadConfig()
const app = await buildApp(config, {
  log: openLog(),
  stopping: { noticeMs: 0 },
})
installGracefulShutdown(app, 400)
await app.listen({ host: config.host, port: config.port })
