/**
 * Bundles the project's modules, and the packages that are loaded at startup, into a few files. Loading a thousand
 * modules takes Node longer than all other work of the startup.
 * The output is not minified, so that stack traces have the names of the sources.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { createLicences } from './licences.ts'
import { createRouteList } from './routes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Bundled with all their imports. Packages that are loaded on demand, or that read their own files, stay external. */
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

/** A single character beyond Latin-1 would make V8 store two bytes for each character of the file. */
const asciiPlugin: Plugin = {
  name: 'in-ascii',
  renderChunk: (code) => ({ code: code.replace(/[^\0-\x7f]/g, escapeUnit) }),
}

/** Files that are found by path. Shared code is in `chunks/`, at the same depth. */
const entries = ['src/server', 'cli/main', 'cli/demo/board', 'sandbox/server']

export const bundle = async (folder: string): Promise<void> => {
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `${root}${entry}.ts`])),
    platform: 'node',
    external: isExternal,
    plugins: [routeListPlugin, asciiPlugin],
    // Ignores annotations in third-party packages.
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
