/**
 * `npm run test:mutation -- FOLDER [TESTS…]` makes many small changes to the code of one folder of `src`, and lists
 * every change that no test detects. TESTS are globs that limit the tests. Without them, all tests of `test/unit` and
 * `test/api` that reach the changed line run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const version = '10.1.1'

/** Separate from the project's packages, so that `npm ci` stays small. Below them, so that Stryker finds Vitest. */
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
  // Without peer dependencies: npm would add a second copy of Vitest, which cannot run the project's tests.
  run('npm', 'install', '--prefix', home, '--no-save', '--legacy-peer-deps', '--no-audit', '--no-fund', ...packages)
}
const mutate = `src/${folder}/**/*.ts`
const only = tests.length === 0 ? [] : ['--testFiles', tests.join(',')]
run('node', `${core}/bin/stryker.js`, 'run', 'scripts/mutation/stryker.json', '--mutate', mutate, ...only)
