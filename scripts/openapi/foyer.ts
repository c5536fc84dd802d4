import { buildApp } from '#src/app.ts'
import { loadConfig } from '#src/config.ts'

const environment = {
  SPACIO_API_KEY: 'unused',
  FOYER_AUTH: 'off',
  LOG_LEVEL: 'silent',
  FOYER_STORE_URL: 'memory:',
}

/** Returns the gateway's own document, as the gateway serves it. */
export const createFoyerDocument = async (): Promise<unknown> => {
  const app = await buildApp(loadConfig(environment))
  await app.ready()
  const document: unknown = JSON.parse(JSON.stringify(await app.openapi()))
  await app.close()
  return document
}
