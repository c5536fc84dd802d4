#!/usr/bin/env node
/** Plain JavaScript: whatever Node starts it can read it, be it to say that another is needed. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { findMissingNode } from './installation.js'

const oldest = 24

/** A checkout has the sources, whose types Node strips; a package what they were made into, as it strips none there. */
const isCheckout = existsSync(new URL('../cli/main.ts', import.meta.url))

const made = (folder) => {
  if (!existsSync(folder)) mkdirSync(folder)
  accessSync(folder, constants.W_OK)
  return folder
}

/**
 * What Node makes of the sources is kept, here and by the processes that this one becomes: a start takes two thirds of the
 * time, and less memory, as nothing has to be stripped again. Node 24 would try for ever to make a folder that cannot be:
 * it is made here, or done without.
 */
const keepCompiled = () => {
  try {
    const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
    const caches = made(`${modules}/.cache`)
    process.env.NODE_COMPILE_CACHE ??= made(`${caches}/foyer`)
    module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  } catch {
    // It goes on without.
  }
}

const load = () => (isCheckout ? import('../cli/main.ts') : import('../dist/cli/main.js'))

if (Number.parseInt(process.versions.node, 10) < oldest) {
  const sentence = findMissingNode() || `Foyer needs Node ${oldest} or newer; this is ${process.versions.node}.`
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 2
} else {
  if (isCheckout) keepCompiled()
  const { main } = await load()
  process.exitCode = await main(process.argv.slice(2))
}
