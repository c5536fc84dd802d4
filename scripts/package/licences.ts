/** Collects the licences of bundled packages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the folder of a module's package, or null for the project's own modules. */
const findFolder = (module: string): string | null =>
  /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1] ?? null

const findLicence = (folder: string): string => {
  const name = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each))
  return name ? readFileSync(join(folder, name), 'utf8').trim() : ''
}

const createEntry = (folder: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = findLicence(folder)
  return `## ${name} ${version} (${license})\n${text && `\n${text}\n`}`
}

/** Returns the licences of the packages of these modules, in alphabetical order. */
export const createLicences = (modules: readonly string[]): string => {
  const folders = new Set(modules.map(findFolder).filter((folder) => folder !== null))
  const entries = [...folders].filter((folder) => existsSync(join(folder, 'package.json'))).sort()
  return `# What is in these files besides Foyer\n\n${entries.map(createEntry).join('\n')}`
}
