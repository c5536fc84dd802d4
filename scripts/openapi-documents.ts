import { buildApp } from '#src/app.ts'
import { loadConfig } from '#src/config.ts'

/** The OpenAPI documents of the repository, by file name. */
export const documents = async (): Promise<Record<string, unknown>> => {
  const app = await buildApp(loadConfig({ SPACIO_API_KEY: 'unused', LOG_LEVEL: 'silent' }))
  await app.ready()
  const foyer: unknown = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()
  return { foyer }
}
