import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const root = normalize(`${import.meta.dirname}/../..`)

/** Neither upstream knows the other. */
const ofAnUpstream = [
  'src/upstreams/transport/',
  'src/mapping/',
  'src/written.ts',
  'src/lib/',
  'src/query/',
  'schemas/',
  'src/problems.ts',
]

/** Each room of the house and the rooms that it may import; the longest matching prefix is a file's room. */
const rooms: Record<string, string[]> = {
  'schemas/': [],
  'src/problems.ts': ['src/problems/'],
  'src/problems/': [],
  'src/page.ts': [],
  'src/telemetry.ts': ['src/problems.ts'],
  'src/written.ts': [],
  'src/lib/': [],
  'src/access.ts': ['src/problems.ts'],
  'src/config.ts': ['src/config/', 'src/access.ts'],
  'src/config/': ['src/access.ts'],
  'src/query/': ['src/problems.ts'],
  'src/mapping/': ['src/written.ts'],
  'src/store/': [],
  'src/upstreams/transport/': ['src/lib/', 'src/problems.ts', 'src/telemetry.ts'],
  'src/upstreams/spacio/': ofAnUpstream,
  'src/upstreams/liondesk/': ofAnUpstream,
  'src/upstreams/': [
    'src/upstreams/spacio/',
    'src/upstreams/liondesk/',
    'src/upstreams/transport/',
    'src/mapping/',
    'src/problems.ts',
  ],
  'src/gateway/': [
    'src/access.ts',
    'src/late.ts',
    'src/lib/',
    'src/upstreams/',
    'src/store/',
    'src/mapping/',
    'src/written.ts',
    'src/query/',
    'schemas/',
    'src/problems.ts',
    'src/telemetry.ts',
  ],
  'src/plugins/': [
    'src/access.ts',
    'src/gateway/',
    'src/late.ts',
    'src/lib/',
    'src/upstreams/',
    'src/written.ts',
    'src/query/',
    'schemas/',
    'src/problems.ts',
    'src/telemetry.ts',
  ],
  'src/mcp/': ['src/access.ts', 'src/lib/', 'schemas/', 'src/problems.ts'],
  'src/app.ts': ['src/'],
  // Where the log goes is the process's own business.
  'src/log.ts': [],
  'src/ending.ts': [],
  'src/late.ts': [],
  'src/routes.ts': [],
  'src/server.ts': ['src/app.ts', 'src/config.ts', 'src/config/', 'src/ending.ts', 'src/lib/', 'src/log.ts'],
  'routes/': ['schemas/', 'src/problems.ts', 'src/page.ts'],
  'sandbox/': [],
  // Asks a deployment, whichever it is: it knows the contract, and nothing of what fulfils it but how a secret is named.
  'cli/verify/': ['cli/', 'src/config/'],
  'cli/verify-upstream/': [
    'cli/',
    'src/config/',
    'src/upstreams/',
    'src/upstreams/spacio/',
    'src/upstreams/liondesk/',
    'src/upstreams/transport/',
    'src/mapping/',
    'schemas/',
    'src/problems.ts',
  ],
  'cli/': ['cli/verify/', 'cli/verify-upstream/', 'src/config/', 'src/access.ts', 'src/lib/'],
}

const sources = globSync('{src,routes,schemas,sandbox,cli}/**/*.ts', { cwd: root })

const roomOf = (file: string): string =>
  Object.keys(rooms)
    .filter((room) => file.startsWith(room))
    .sort((a, b) => b.length - a.length)[0] ?? '(no room)'

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

const specifiersIn = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier as string)

const targetOf = (file: string, specifier: string): string | null => {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : null
}

/** A room named by its folder allows its own files, but not the rooms inside it. */
const isAllowed = (from: string, to: string): boolean =>
  from === to || (rooms[from] ?? []).some((room) => room === to || room === 'src/')

const wrongArrows = (file: string): string[] =>
  specifiersIn(file).flatMap((specifier) => {
    const target = targetOf(file, specifier)
    return target && !isAllowed(roomOf(file), roomOf(target)) ? [`${file} → ${target}`] : []
  })

const filesThat = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(textOf(file)))

test('every file has a room', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(sources.filter((file) => roomOf(file) === '(no room)')).toEqual([])
})

test('imports run one way: routes → gateway → upstreams → transport', () => {
  expect(sources.flatMap(wrongArrows)).toEqual([])
})

test('undici stays inside transport', () => {
  const importers = sources.filter((file) => specifiersIn(file).some((specifier) => /^undici(\/|$)/.test(specifier)))
  expect(importers.filter((file) => !file.startsWith('src/upstreams/transport/'))).toEqual([])
})

test('what counts and traces stays inside its plugin, and OpenTelemetry is loaded only when it is wanted', () => {
  const importersOf = (name: RegExp) => sources.filter((file) => specifiersIn(file).some((each) => name.test(each)))
  const inside = /^src\/plugins\/telemetry\//
  expect(importersOf(/^@prometheus-io\//).filter((file) => !inside.test(file))).toEqual([])
  expect(importersOf(/^@opentelemetry\//)).toEqual(['src/plugins/telemetry/spans.ts'])
  expect(importersOf(/\/spans\.ts$/)).toEqual(['src/plugins/telemetry/tracing.ts'])
  expect(textOf('src/plugins/telemetry/tracing.ts')).toMatch(/await import\('\.\/spans\.ts'\)/)
  expect(filesThat(/from '\.\/spans\.ts'/)).toEqual([])
})

test('the SDK for assistants stays inside its room, and is loaded only where it is wanted', () => {
  const importersOf = (name: RegExp) => sources.filter((file) => specifiersIn(file).some((each) => name.test(each)))
  expect(importersOf(/^@modelcontextprotocol\//).filter((file) => !file.startsWith('src/mcp/'))).toEqual([])
  const loaders = filesThat(/^import \{[^}]*\} from '@modelcontextprotocol\//m)
  expect(loaders.sort()).toEqual(['src/mcp/endpoint.ts', 'src/mcp/server.ts'])
  expect(importersOf(/\/server\.ts$/).filter((file) => file.startsWith('src/mcp/'))).toEqual(['src/mcp/endpoint.ts'])
  expect(importersOf(/^\.\/endpoint\.ts$/)).toEqual(['src/mcp/index.ts'])
  expect(textOf('src/mcp/index.ts')).toMatch(/await import\('\.\/endpoint\.ts'\)/)
})

test('only config.ts and the command line read the environment, only the process entries end a process', () => {
  expect(filesThat(/process\.env/).sort()).toEqual(['cli/main.ts', 'src/config.ts'])
  expect(filesThat(/process\.exit\(/).sort()).toEqual([
    'cli/demo/board.ts',
    'cli/main.ts',
    'sandbox/server.ts',
    'src/server.ts',
  ])
})

test('no upstream word in the public schemas', () => {
  const wireWords = /\b(mlsNo|dimens|addr1|addr2|plid|answersObj|questionObj|listing_price|square_feet|full_baths)\b/
  expect(filesThat(wireWords).filter((file) => file.startsWith('schemas/'))).toEqual([])
})

test('the median source file has fewer than 120 lines', () => {
  const lengths = sources.map((file) => textOf(file).split('\n').length).sort((a, b) => a - b)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(120)
})
