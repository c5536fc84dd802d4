import { createFoyerDocument } from './foyer/index.ts'
import { liondesk } from './liondesk.ts'
import { spacio } from './spacio.ts'

/** Creates the OpenAPI documents of the repository, by file name. */
export const createDocuments = async (): Promise<Record<string, unknown>> => ({
  foyer: await createFoyerDocument(),
  spacio,
  liondesk,
})
