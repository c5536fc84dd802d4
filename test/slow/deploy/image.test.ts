/** The image without a container engine: its steps run in folders, and its command runs as an unprivileged user. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEnvironment, startFlags } from '../../../cli/start.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, makeKey } from '../../support/clients.ts'
import { type Image, replay } from '../../support/image-recipe.ts'
import { createEnvironment } from '../../support/test-gateway.ts'
import { copyNode, giveAccess, unprivilegedOptions } from '../../support/unprivileged-user.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const manifest = JSON.parse(read('package.json'))
const key = makeKey()

/** As on platforms that choose the user: any number, in group 0. */
const anybody = unprivilegedOptions.uid === undefined ? {} : { ...unprivilegedOptions, gid: 0 }

let folder: string
let image: Image
let sandbox: Sandbox
let gateway: ChildProcess
let url: string
let env: Record<string, string>
let node: string

const printed = async (child: ChildProcess, pattern: RegExp): Promise<string> => {
  let text = ''
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk
    const found = pattern.exec(text)
    if (found) return found[0]
  }
  throw new Error(`the gateway did not start:\n${text}`)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-image-'))
  chmodSync(folder, 0o755)
  image = await replay(root, 'gateway', folder)
  sandbox = await startSandbox({ leads: 100 })
  const clients = join(folder, 'clients.json')
  const client = createEntry({ id: 'web', scopes: ['properties:read'], grants: { agents: '*', brokerages: '*' } }, key)
  writeFileSync(clients, JSON.stringify({ clients: [client] }))
  giveAccess(clients)
  // A copy, because other users may not have access to the repository's folder.
  mkdirSync(join(image.root, 'usr'), { recursive: true })
  node = join(image.root, 'usr/node')
  copyNode(node)
  const placed = Object.entries(image.env).map(([name, value]) => [
    name,
    value.replace('file:/', `file:${image.root}/`),
  ])
  env = { ...Object.fromEntries(placed), ...createEnvironment(sandbox), FOYER_CLIENTS_FILE: clients, PORT: '0' }
  const [, ...args] = image.command
  const cwd = join(image.root, image.workdir)
  gateway = spawn(node, args, { cwd, env, ...anybody, stdio: ['ignore', 'pipe', 'inherit'] })
  const port = /:(\d+)$/.exec(await printed(gateway, /http:\/\/[\d.]+:\d+/))?.[1] ?? ''
  gateway.stdout?.resume()
  env.PORT = port
  url = `http://127.0.0.1:${port}`
}, 240_000)

afterAll(async () => {
  await sandbox?.close()
  await rm(folder, { recursive: true, force: true })
}, 240_000)

test('it starts the gateway as a user other than root', () => {
  expect(image.command).toEqual(['node', ...startFlags, 'dist/src/server.js'])
  expect(image.env).toMatchObject(startEnvironment)
  expect(image.user).toBe('1000')
  expect(read('Dockerfile').match(/^FROM node:([\d.]+)-slim/gm)).toHaveLength(3)
  expect(read('Dockerfile')).toContain(`FROM node:${manifest.devDependencies.node}-slim`)
  const digests = read('Dockerfile').match(/^FROM node:\S+@sha256:[0-9a-f]{64} AS/gm)
  expect(digests).toHaveLength(3)
  expect(new Set(digests?.map((line) => line.split('@')[1])).size).toBe(1)
})

test('it is ready, and answers a request that an upstream answers', async () => {
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  const reply = await fetch(`${url}/properties/10101`, { headers: { 'x-api-key': key } })
  expect([reply.status, await reply.json()]).toEqual([200, expect.objectContaining({ sid: 10101 })])
  expect((await fetch(`${url}/docs/`)).status).toBe(200)
})

test('its health check agrees', async () => {
  const [, ...args] = image.healthcheck
  await promisify(execFile)(node, args, { env, ...unprivilegedOptions })
  await expect(
    promisify(execFile)(node, args, { env: { ...env, PORT: '9' }, ...unprivilegedOptions }),
  ).rejects.toMatchObject({
    code: 1,
  })
})

test('it keeps its data where the volume is, and holds nothing that it does not need', () => {
  expect(readdirSync(join(image.root, 'data'))).toContain('foyer.db')
  const home = join(image.root, image.workdir)
  expect(readdirSync(home).sort()).toEqual(['dist', 'node_modules', 'package.json'])
  expect(readdirSync(join(home, 'dist')).sort()).toEqual(['LICENCES.md', 'chunks', 'package.json', 'src'])
  const locked = Object.entries<Record<string, unknown>>(JSON.parse(read('package-lock.json')).packages)
  const left = locked.filter(([, { dev, optional, devOptional }]) => dev || optional || devOptional)
  expect(left.length).toBeGreaterThan(100)
  expect(left.map(([name]) => name).filter((name) => existsSync(join(home, name)))).toEqual([])
})

test('SIGTERM ends it', async () => {
  gateway.kill('SIGTERM')
  expect(await once(gateway, 'exit')).toEqual([0, null])
})

describe('each image installs exactly what its sources import', () => {
  const getImports = (pattern: string): string[] => {
    const texts = globSync(pattern, { cwd: root }).map(read)
    const names = texts.flatMap((text) =>
      [...text.matchAll(/^import (?!type)[^']*'([^'.#][^']*)'/gm)].map(([, name]) => name as string),
    )
    const packages = names.filter((name) => !name.startsWith('node:'))
    return [...new Set(packages.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name))].sort()
  }

  test('the gateway: dependencies', () => {
    for (const name of getImports('{src,routes,schemas}/**/*.ts')) expect(manifest.dependencies).toHaveProperty([name])
  })

  test('the simulated upstreams: optional dependencies too, and all of these belong to them', () => {
    const imported = getImports('sandbox/**/*.ts')
    const installed = { ...manifest.dependencies, ...manifest.optionalDependencies }
    for (const name of imported) expect(installed).toHaveProperty([name])
    for (const name of Object.keys(manifest.optionalDependencies)) expect(imported).toContain(name)
  })
})

test.each([
  'COPY a b',
  'FROM a AS b\nnonsense',
  'FROM a AS b\nSHELL ["sh"]',
  'FROM a AS b\nCOPY test ./test',
  'FROM a AS b\nRUN rm -rf /',
])('a recipe that cannot be followed is refused: %j', async (text) => {
  const context = mkdtempSync(join(tmpdir(), 'foyer-context-'))
  writeFileSync(join(context, 'Dockerfile'), text)
  writeFileSync(join(context, '.dockerignore'), '*\n!src\n')
  await expect(replay(context, 'b', context)).rejects.toThrow(/no step|before the first|not known|not in the context/)
  rmSync(context, { recursive: true })
})
