/** Checks compose.yaml without Docker, which may not be installed. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { shutdownTimeoutMs } from '#src/graceful-shutdown.ts'
import { createEntry, makeKey, writeDocument } from '../../support/clients.ts'
import { readYaml } from '../../support/yaml.ts'

const root = `${import.meta.dirname}/../../..`
const read = (name: string): string => readFileSync(`${root}/${name}`, 'utf8')

const text = read('compose.yaml')
const compose = readYaml(text)
const services: [string, any][] = Object.entries(compose.services)
const { balancer, gateway, valkey } = compose.services
const dockerfile = read('Dockerfile')

const settable = [...read('deploy/example.env').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name as string)

/** The settings of an operator who sets only the required variables. A doubled dollar sign stands for one. */
const findFilled = (value: string): string =>
  value
    .replace(/\$\{(\w+):\?[^}]*\}/g, (_, name) =>
      name === 'FOYER_STORE_KEY' ? `${'A'.repeat(43)}=` : 'long-and-random',
    )
    .replace(/\$\{\w+:-([^}]*)\}/g, '$1')

describe.each(services)('%s', (_name, service) => {
  test('is confined', () => {
    expect(service).toMatchObject({
      read_only: 'true',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { memory: expect.stringMatching(/^\d+M$/) } } },
    })
  })

  test('reports its state', () => {
    expect(service.healthcheck).toMatchObject({ test: expect.any(Array), interval: expect.stringMatching(/^\d+s$/) })
  })

  test('does not fill the disk with its log', () => {
    expect(service.logging).toMatchObject({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } })
  })

  test('gets no password as an argument, because all users of the host could read it', () => {
    const { command = [], healthcheck } = service
    expect([command, healthcheck.test].flat().join(' ')).not.toMatch(/PASSWORD|requirepass| -a /)
  })

  test('comes from an image with a version and a digest, or from a stage of the Dockerfile', () => {
    if (service.build) expect(dockerfile).toMatch(new RegExp(` AS ${service.build.target}$`, 'm'))
    else expect(service.image).toMatch(/^[\w/]+:\d+\.\d+\.\d+-alpine@sha256:[0-9a-f]{64}$/)
  })
})

describe('the gateways', () => {
  test('are given variables that the configuration reads', () => {
    const sources = globSync('src/config{.ts,/*.ts}', { cwd: root }).map(read).join('\n')
    for (const name of Object.keys(gateway.environment)) expect(sources, name).toMatch(new RegExp(`\\b${name}\\b`))
  })

  test('start with the minimal settings of compose.yaml', () => {
    const client = createEntry({ id: 'web', scopes: ['leads:read'] }, makeKey())
    const filled = Object.entries<string>(gateway.environment).map(([name, value]) => [name, findFilled(value)])
    const env = {
      ...Object.fromEntries(filled),
      HOST: '0.0.0.0',
      FOYER_CLIENTS_FILE: writeDocument({ clients: [client] }),
    }
    expect(loadConfig(env)).toMatchObject({
      authentication: 'required',
      storeUrl: 'redis://:long-and-random@valkey:6379',
      tenants: [{ spacio: { baseUrl: 'http://sandbox:4010', apiKey: 'sandbox-spacio-key' } }],
    })
  })

  test('trust only the load balancer', () => {
    expect(gateway.environment.FOYER_TRUST_PROXY).toBe(`${balancer.networks.inside.ipv4_address}/32`)
  })

  test('are fewer than share the budget of a lost store', () => {
    expect(Number(gateway.deploy.replicas)).toBeGreaterThan(1)
    expect(Number(gateway.environment.FOYER_MAX_REPLICAS)).toBeGreaterThan(Number(gateway.deploy.replicas))
  })

  test('have longer to stop than the process gives itself', () => {
    expect(Number.parseInt(gateway.stop_grace_period, 10) * 1_000).toBeGreaterThan(shutdownTimeoutMs)
  })
})

test('clients reach the load balancer, and nothing else', () => {
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['balancer'])
  expect(balancer.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)])
  expect(valkey.networks).toEqual(['inside'])
  expect(compose.networks.inside.internal).toBe('true')
})

test('the store keeps what it acknowledged, and evicts nothing', () => {
  const lines = findFilled(compose.configs.valkey.content).split('\n')
  const settings = [
    'appendonly yes',
    'appendfsync always',
    'maxmemory-policy noeviction',
    'requirepass long-and-random',
  ]
  expect(lines).toEqual(expect.arrayContaining(settings))
  expect(valkey.command).toEqual(['valkey-server', valkey.configs[0].target])
  expect(valkey.volumes).toEqual(['valkey:/data'])
})

test('every variable of an operator is in deploy/example.env, with a placeholder and no secret', () => {
  const used = [...text.matchAll(/\$\{(\w+)[:}]/g)].map(([, name]) => name as string)
  expect([...new Set(used)].sort()).toEqual([...settable].sort())
  const secret = /_KEY|_TOKEN|_SECRET|PASSWORD/
  for (const line of read('deploy/example.env').match(/^#?[A-Z_]+=.*$/gm) ?? []) {
    const [name = '', value] = line.split('=')
    if (secret.test(name)) expect(value).toMatch(/^<.*>$/)
  }
  for (const [name, value] of Object.entries<string>(gateway.environment)) {
    if (secret.test(name)) expect(value).toMatch(/^\$\{\w+:(\?|-(sandbox-spacio-key)?\})/)
  }
})

test('the image starts the gateway by default, and its context has everything that it copies', () => {
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name)
  expect(stages).toEqual(['dependencies', 'sandbox', 'package', 'gateway'])
  const allowed = read('.dockerignore')
    .match(/^!.+$/gm)
    ?.map((line) => line.slice(1))
  const copied = [...dockerfile.matchAll(/^COPY ((?!--from)\S.*) \S+$/gm)].flatMap(([, names]) =>
    (names as string).split(' '),
  )
  for (const name of copied) expect(allowed).toContain(name)
})

test.each(['a: &b c', "a: 'b'", 'a: {b: c}', 'a: |\n  b', 'a: b\na: c', '\ta: b', 'a:\n  b: c\n d: e', 'a: b # c'])(
  'the reader refuses %j',
  (yaml) => {
    expect(() => readYaml(yaml)).toThrow(SyntaxError)
  },
)
