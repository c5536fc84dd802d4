/** Where the project's own files are: in a checkout, and in a package, which keeps what it was compiled to in `dist/`. */
import { extname, join } from 'node:path'

const extension = extname(import.meta.filename)

const isCompiled = extension === '.js'

/** A file as it is, such as `openapi/foyer.json`. */
export const resolveFile = (path: string): string => join(import.meta.dirname, isCompiled ? '../..' : '..', path)

/** A module by its path without extension, such as `src/server`. */
export const resolveModule = (path: string): string => join(import.meta.dirname, '..', `${path}${extension}`)
