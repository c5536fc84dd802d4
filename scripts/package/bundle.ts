/**
 * Our modules, and of others those that a start loads, as few files: Node's loader takes longer for a thousand of them than
 * the gateway for all else. What is written out stays readable: a stack names the functions as the sources do.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { createLicences } from './licences.ts'
import { createRouteList } from './routes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Taken in, with all that they import. What is loaded late, or reads files of its own, stays a package among others. */
const bundledPackages = new Set([
  '@fastify/cors',
  '@prometheus-io/client',
  'ajv',
  'ajv-formats',
  'close-with-grace',
  'fast-json-stringify',
  'fastify',
  'fastify-plugin',
  'find-my-way',
  'helmet',
  'lru-cache',
  'negotiator',
  'p-map',
  'pino',
  'temporal-polyfill',
  'typebox',
  'undici',
])

const getPackageName = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier

const isBare = (specifier: string): boolean => !/^([./#\0]|\w+:)/.test(specifier)

const isExternal = (specifier: string, importer: string | undefined): boolean => {
  if (specifier.startsWith('node:')) return true
  const isOurs = importer !== undefined && !importer.includes('/node_modules/')
  return isOurs && isBare(specifier) && !bundledPackages.has(getPackageName(specifier))
}

const routeListPlugin: Plugin = {
  name: 'route-list',
  load: (id) => (id === `${root}src/register-routes.ts` ? { code: createRouteList(root), moduleType: 'js' } : null),
}

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** One letter beyond Latin-1 would have V8 keep two bytes for each of the file. They stand in texts, patterns and comments. */
const asciiPlugin: Plugin = {
  name: 'in-ascii',
  renderChunk: (code) => ({ code: code.replace(/[^\0-\x7f]/g, escapeUnit) }),
}

/** Files that others find by their path; what they share lies in `chunks/`, as deep as they do. */
const entries = ['src/server', 'cli/main', 'cli/demo/board', 'sandbox/server']

export const bundle = async (folder: string): Promise<void> => {
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `${root}${entry}.ts`])),
    platform: 'node',
    external: isExternal,
    plugins: [routeListPlugin, asciiPlugin],
    // Annotations in others' packages are of no concern here.
    checks: { invalidAnnotation: false },
  })
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    minify: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  await build.close()
  const chunks = output.filter((each): each is OutputChunk => each.type === 'chunk')
  writeFileSync(`${folder}/LICENCES.md`, createLicences(chunks.flatMap(({ moduleIds }) => moduleIds)))
  writeFileSync(`${folder}/package.json`, `${JSON.stringify({ type: 'module' }, null, 2)}\n`)
}
