import { buildApp } from '#src/app.ts'
import { loadConfig } from '#src/config.ts'

/** The gateway's own document, as the gateway serves it. */
export const foyer = async (): Promise<unknown> => {
  const app = await buildApp(loadConfig({ SPACIO_API_KEY: 'unused', LOG_LEVEL: 'silent', FOYER_STORE_URL: 'memory:' }))
  await app.ready()
  const document: unknown = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()
  return document
}
