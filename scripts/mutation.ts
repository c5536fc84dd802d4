/**
 * `npm run test:mutation -- FOLDER [TESTS…]`: changes the code of one folder of `src` in many small ways, and lists every
 * change that no test notices. TESTS, which are globs, limit the tests; without them all of `test/unit` and `test/api`
 * run that reach the changed line.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const version = '10.1.1'

/** Outside of the project's own packages, so that `npm ci` stays small; below them, so that Stryker finds their Vitest. */
const home = 'node_modules/.cache/stryker'
const core = `${home}/node_modules/@stryker-mutator/core`

const run = (command: string, ...args: string[]): void => {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const [folder, ...tests] = process.argv.slice(2)
if (folder === undefined || !existsSync(`src/${folder}`)) {
  process.stderr.write('Name one folder of src: npm run test:mutation -- query\n')
  process.exit(2)
}

if (!existsSync(core)) {
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${version}`)
  // Without its peers: the second copy of Vitest that npm would add cannot run this project's tests.
  run('npm', 'install', '--prefix', home, '--no-save', '--legacy-peer-deps', '--no-audit', '--no-fund', ...packages)
}
const mutate = `src/${folder}/**/*.ts`
const only = tests.length === 0 ? [] : ['--testFiles', tests.join(',')]
run('node', `${core}/bin/stryker.js`, 'run', 'scripts/mutation/stryker.json', '--mutate', mutate, ...only)
