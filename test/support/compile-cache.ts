import { join } from 'node:path'

/** `bin/foyer.js` uses the same folder. A gateway that finds its compiled sources there starts with half of the CPU time. */
const folder = join(import.meta.dirname, '../../node_modules/.cache/foyer')

/** For the environment of child processes that do not inherit it from the tests. */
export const compileCacheEnvironment = { NODE_COMPILE_CACHE: folder }
