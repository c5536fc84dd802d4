/** Locates the project's files, in a checkout and in a package, whose compiled modules are in `dist/`. */
import { extname, join } from 'node:path'

const extension = extname(import.meta.filename)

const isCompiled = extension === '.js'

/** Returns the path of a data file, such as `openapi/foyer.json`. */
export const resolveFile = (path: string): string => join(import.meta.dirname, isCompiled ? '../..' : '..', path)

/** Returns the path of a module, given without extension, such as `src/server`. */
export const resolveModule = (path: string): string => join(import.meta.dirname, '..', `${path}${extension}`)
