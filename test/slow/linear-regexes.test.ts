/**
 * A regular expression that backtracks would let one malicious text block the process. Each one must take linear time.
 */
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { expect, test } from 'vitest'

type Check = (
  pattern: string,
  flags: string,
  options: { timeout: number },
) => Promise<{ status: string; complexity: { summary: string } }>

/** `npm run test:slow` installs it, because it is too large for everyone who runs `npm ci`. */
const { check } = createRequire(`${import.meta.dirname}/packages/`)('recheck') as { check: Check }

const root = join(import.meta.dirname, '../..')

/** These read texts from the operator: the environment, and URLs in it. */
const ofOperator = ['src/config/', 'src/upstreams/transport/dispatch.ts']

interface Regex {
  where: string
  pattern: string
  flags: string
}

const getLiterals = (node: unknown): { pattern: string; flags: string }[] => {
  if (typeof node !== 'object' || node === null) return []
  const { regex } = node as { regex?: { pattern: string; flags: string } }
  return regex ? [regex] : Object.values(node).flatMap(getLiterals)
}

const inSources = (): Regex[] =>
  ['src', 'schemas', 'routes']
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => !ofOperator.some((each) => file.startsWith(each)))
    .flatMap((file) =>
      getLiterals(parseAst(readFileSync(join(root, file), 'utf8'), { lang: 'ts' })).map((regex) => ({
        where: file,
        ...regex,
      })),
    )

const getPatterns = (node: unknown): string[] =>
  typeof node !== 'object' || node === null
    ? []
    : Object.entries(node).flatMap(([name, value]) =>
        name === 'pattern' && typeof value === 'string' ? [value] : getPatterns(value),
      )

const inDocument = (): Regex[] => {
  const document: unknown = JSON.parse(readFileSync(join(root, 'openapi/foyer.json'), 'utf8'))
  return [...new Set(getPatterns(document))].map((pattern) => ({ where: 'openapi/foyer.json', pattern, flags: 'u' }))
}

const getComplaint = async ({ where, pattern, flags }: Regex): Promise<string[]> => {
  const found = await check(pattern, flags, { timeout: 30_000 })
  return found.status === 'vulnerable' ? [`${where}: /${pattern}/${flags} takes ${found.complexity.summary} time`] : []
}

test('an expression that backtracks is detected', async () => {
  for (const pattern of [String.raw`\s*,\s*`, '(a+)+$', '%.*$']) {
    expect(await getComplaint({ where: 'here', pattern, flags: '' })).toHaveLength(1)
  }
  expect(await getComplaint({ where: 'here', pattern: '^[a-z]+$', flags: '' })).toEqual([])
})

test('every regular expression that reads foreign text takes linear time', async () => {
  const regexes = [...inSources(), ...inDocument()]
  expect(regexes.length).toBeGreaterThan(80)
  const complaints = await Promise.all(regexes.map(getComplaint))
  expect(complaints.flat()).toEqual([])
})
