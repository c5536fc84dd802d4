import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { folders } from '../../scripts/docs/folders.ts'

const root = normalize(`${import.meta.dirname}/../..`)

const sources = globSync('{src,routes,schemas,sandbox,cli,tools}/**/*.ts', { cwd: root })

const findFolder = (file: string): string =>
  Object.keys(folders)
    .filter((folder) => file.startsWith(folder))
    .sort((a, b) => b.length - a.length)[0] ?? '(no row)'

const readText = (file: string): string => readFileSync(join(root, file), 'utf8')

const findSpecifiers = (file: string): string[] =>
  [...readText(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier as string)

const getTarget = (file: string, specifier: string): string | null => {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : null
}

const isAllowed = (from: string, to: string): boolean =>
  from === to || (folders[from]?.mayImport ?? []).some((folder) => folder === to || folder === '*')

const wrongArrows = (file: string): string[] =>
  findSpecifiers(file).flatMap((specifier) => {
    const target = getTarget(file, specifier)
    return target && !isAllowed(findFolder(file), findFolder(target)) ? [`${file} → ${target}`] : []
  })

/** Returns the files that import themselves through other files. Types count too. */
const findCircular = (files: readonly string[]): string[] => {
  const imports = new Map(
    files.map((file) => [file, findSpecifiers(file).flatMap((specifier) => getTarget(file, specifier) ?? [])]),
  )
  const reaches = (file: string): boolean => {
    const reached = new Set<string>()
    const waiting = [...(imports.get(file) ?? [])]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next === file) return true
      if (reached.has(next)) continue
      reached.add(next)
      waiting.push(...(imports.get(next) ?? []))
    }
    return false
  }
  return files.filter(reaches)
}

const filesThat = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(readText(file)))

test('every file belongs to a row of the table of folders', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(sources.filter((file) => findFolder(file) === '(no row)')).toEqual([])
})

test('imports run one way: routes → gateway → upstreams → transport', () => {
  expect(sources.flatMap(wrongArrows)).toEqual([])
})

test('no file imports itself through others, types included', () => {
  const files = globSync('{src,routes,schemas,sandbox,cli,tools,scripts,bench}/**/*.ts', { cwd: root })
  expect(findCircular(files)).toEqual([])
})

/** A plugin is a file, or a folder whose `index.ts` registers it. */
interface Plugin {
  readonly name: string
  readonly files: readonly string[]
  readonly dependencies: readonly string[]
  readonly decorators: readonly string[]
}

const listMatches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '')

const plugins: Plugin[] = sources
  .filter((file) => file.startsWith('src/plugins/'))
  .flatMap((file) => {
    const text = readText(file)
    const [, name, dependencies = ''] = text.match(/^ {2}\{ name: '([\w-]+)'(?:, dependencies: \[([^\]]*)\])?/m) ?? []
    if (name === undefined) return []
    const files = file.endsWith('/index.ts') ? sources.filter((each) => each.startsWith(dirname(file))) : [file]
    const decorators = listMatches(text, /\.decorate(?:Request|Reply)?\(\s*'(\w+)'/g)
    return [{ name, files, dependencies: listMatches(dependencies, /'([\w-]+)'/g), decorators }]
  })

const findUndeclared = ({ name, files, dependencies, decorators }: Plugin): string[] => {
  const text = files.map(readText).join('\n')
  return plugins
    .filter((other) => other.name !== name && !dependencies.includes(other.name))
    .flatMap((other) =>
      other.decorators
        .filter(
          (each) =>
            !decorators.includes(each) && new RegExp(`\\b(?:app|request|reply|this|server)\\.${each}\\b`).test(text),
        )
        .map((each) => `${name} uses ${each} of ${other.name}`),
    )
}

test('a plugin declares the plugins whose decorators it uses', () => {
  expect(plugins.length).toBeGreaterThan(25)
  expect(plugins.flatMap(findUndeclared)).toEqual([])
})

test('undici stays inside transport', () => {
  const importers = sources.filter((file) => findSpecifiers(file).some((specifier) => /^undici(\/|$)/.test(specifier)))
  expect(importers.filter((file) => !file.startsWith('src/upstreams/transport/'))).toEqual([])
})

test('metrics and tracing stay inside their plugin, and OpenTelemetry is loaded only when it is enabled', () => {
  const getImporters = (name: RegExp) => sources.filter((file) => findSpecifiers(file).some((each) => name.test(each)))
  const inside = /^src\/plugins\/observe\/telemetry\//
  expect(getImporters(/^@prometheus-io\//).filter((file) => !inside.test(file))).toEqual([])
  expect(getImporters(/^@opentelemetry\//)).toEqual(['src/plugins/observe/telemetry/spans.ts'])
  expect(getImporters(/\/spans\.ts$/)).toEqual(['src/plugins/observe/telemetry/telemetry.ts'])
  expect(readText('src/plugins/observe/telemetry/telemetry.ts')).toMatch(/await import\('\.\/spans\.ts'\)/)
  expect(filesThat(/from '\.\/spans\.ts'/)).toEqual([])
})

test('the SDK for assistants stays in its folder, and is loaded only where it is wanted', () => {
  const getImporters = (name: RegExp) => sources.filter((file) => findSpecifiers(file).some((each) => name.test(each)))
  expect(getImporters(/^@modelcontextprotocol\//).filter((file) => !file.startsWith('src/mcp/'))).toEqual([])
  const loaders = filesThat(/^import \{[^}]*\} from '@modelcontextprotocol\//m)
  expect(loaders.sort()).toEqual(['src/mcp/endpoint.ts', 'src/mcp/server.ts'])
  expect(getImporters(/\/server\.ts$/).filter((file) => file.startsWith('src/mcp/'))).toEqual(['src/mcp/endpoint.ts'])
  expect(getImporters(/^\.\/endpoint\.ts$/)).toEqual(['src/mcp/index.ts'])
  expect(readText('src/mcp/index.ts')).toMatch(/await import\('\.\/endpoint\.ts'\)/)
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
  const lengths = sources.map((file) => readText(file).split('\n').length).sort((a, b) => a - b)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(120)
})

/** Returns the number of lines of each function with a block, including the functions inside it. */
const listFunctionLengths = (file: string): number[] => {
  const source = ts.createSourceFile(file, readText(file), ts.ScriptTarget.Latest)
  const getLine = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  const lengths: number[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && ts.isBlock(node.body as ts.Node))
      lengths.push(getLine(node.end) - getLine(node.getStart(source)) + 1)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return lengths
}

test('the median function with a block has fewer than 12 lines', () => {
  const lengths = sources
    .filter((file) => file.startsWith('src/'))
    .flatMap(listFunctionLengths)
    .sort((a, b) => a - b)
  expect(lengths.length).toBeGreaterThan(500)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(12)
})
