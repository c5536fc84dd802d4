import { foyer } from './foyer.ts'
import { liondesk } from './liondesk.ts'
import { spacio } from './spacio.ts'

/** The OpenAPI documents of the repository, by file name. */
export const documents = async (): Promise<Record<string, unknown>> => ({ foyer: await foyer(), spacio, liondesk })
