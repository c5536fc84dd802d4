#!/usr/bin/env node
/** Plain JavaScript: whatever Node starts it can read it, be it to say that another is needed. */
import { existsSync } from 'node:fs'

const oldest = 24

/** A checkout has the sources, whose types Node strips; a package what they were compiled to, as it strips none there. */
const load = () =>
  existsSync(new URL('../cli/main.ts', import.meta.url)) ? import('../cli/main.ts') : import('../dist/cli/main.js')

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(`Foyer needs Node ${oldest} or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 2
} else {
  const { main } = await load()
  process.exitCode = await main(process.argv.slice(2))
}
