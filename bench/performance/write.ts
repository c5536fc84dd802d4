/** Replaces the measured text between two marks of docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { readNginxVersion } from './contenders/nginx.ts'

const path = `${import.meta.dirname}/../../docs/performance.md`

export const writeSection = (name: string, text: string): void => {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
  const document = readFileSync(path, 'utf8')
  const [before, ...rest] = document.split(begin)
  const after = rest.join(begin).split(end).slice(1).join(end)
  if (rest.length === 0) throw new Error(`docs/performance.md has no place for ${name}`)
  writeFileSync(path, `${before}${begin}\n${text.trim()}\n\n${end}${after}`)
}

export const describeMachine = (): string =>
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`

const readVersion = (name: string): string => {
  const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../node_modules/${name}/package.json`, 'utf8'))
  return `${name} ${version}`
}

/** Returns the versions of the compared programs. */
export const describeVersions = (): string =>
  [...['fastify', 'undici', '@fastify/http-proxy', 'express', 'axios'].map(readVersion), ...readNginxVersion()].join(
    ', ',
  )
