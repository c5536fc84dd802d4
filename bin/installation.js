/** What an incomplete `npm ci` left out, as a sentence; undefined: nothing. Read by whatever Node is on the machine. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const isInstalled = (path) => existsSync(`${root}node_modules/${path}`)

/** The package `node` brings the binary when it is installed by its script. */
export const findMissingNode = () =>
  isInstalled('node') && !isInstalled('node/bin/node') && !isInstalled('node/bin/node.exe')
    ? 'The Node version that Foyer runs on is not installed: npm ci ran with --ignore-scripts. Run: npm rebuild node --ignore-scripts=false'
    : undefined

/** Among the optional packages are those of the simulated upstreams, and the binaries of the linter and the test runner. */
export const findMissingPackages = () => {
  const { optionalDependencies = {} } = createRequire(import.meta.url)('../package.json')
  const missing = Object.keys(optionalDependencies).filter((name) => !isInstalled(name))
  return missing.length > 0
    ? `Packages are not installed that the demo and the tests need (${missing.join(', ')}): npm ci ran with --omit=optional. Run: npm ci --include=optional`
    : undefined
}

/** As a script, before the tests: `node bin/installation.js`. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sentence = isInstalled('typescript')
    ? findMissingNode() || findMissingPackages()
    : 'The packages that tests need are not installed. Run: npm ci'
  if (sentence) {
    process.stderr.write(`${sentence}\n`)
    process.exitCode = 1
  }
}
