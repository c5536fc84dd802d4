/** `npm run client`: issues, changes and withdraws the API keys of clients, in a clients file or a tenants file. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { scopes as knownScopes } from '#src/access.ts'
import { readClients, readTenants } from '#src/config/documents.ts'

const help = `Issues, changes and withdraws API keys.

  npm run client -- create --id web --scopes leads:read,properties:read --brokerages b1001
  npm run client -- rotate --id web     a second key beside the first
  npm run client -- retire --id web     the older of two keys ends
  npm run client -- remove --id web
  npm run client -- list

  --file PATH      the clients or tenants file (FOYER_CLIENTS_FILE, FOYER_TENANTS_FILE, or clients.json)
  --tenant ID      whose client, in a tenants file
  --id NAME        the client's name, in logs and limits
  --scopes LIST    of ${knownScopes.join(', ')}; or "*" for all
  --brokerages, --teams, --agents, --connections LIST
                   what the client may see: ids with commas between, or "*"; what is not named is not granted

A key is shown once; the file holds its SHA-256 only. A running gateway takes the change on SIGHUP.
`

interface Entry {
  id: string
  keyHash?: string
  keyHashes?: string[]
  scopes: string[]
  grants?: Record<string, '*' | string[]>
}

interface Document {
  clients?: Entry[]
  tenants?: { id: string; clients?: Entry[] }[]
}

class UsageError extends Error {}

const fail = (message: string): never => {
  throw new UsageError(message)
}

const grantNames = ['brokerages', 'teams', 'agents', 'connections'] as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...Object.fromEntries(
      ['file', 'tenant', 'id', 'scopes', ...grantNames].map((name) => [name, { type: 'string' as const }]),
    ),
    help: { type: 'boolean', short: 'h' },
  },
})

const option = (name: string): string | undefined => values[name as keyof typeof values] as string | undefined

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const { FOYER_TENANTS_FILE, FOYER_CLIENTS_FILE } = process.env
const path = resolve(option('file') ?? FOYER_CLIENTS_FILE ?? FOYER_TENANTS_FILE ?? 'clients.json')

const document: Document = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { clients: [] }

/** The list that the file keeps for the tenant that is meant. */
const clientsOf = ({ clients, tenants }: Document): Entry[] => {
  if (clients) return clients
  const wanted = option('tenant') ?? fail('--tenant is needed: the file holds several')
  const tenant = tenants?.find(({ id }) => id === wanted) ?? fail(`there is no tenant ${wanted}`)
  tenant.clients ??= []
  return tenant.clients
}

const clients = clientsOf(document)

const requiredId = (): string => option('id') ?? fail('--id is needed: the name of the client')

const clientNamed = (id: string): Entry =>
  clients.find((client) => client.id === id) ?? fail(`there is no client ${id}`)

/** Written beside and moved, so that a gateway that reads meanwhile never sees half a file. */
const save = (): void => {
  const beside = `${path}.${process.pid}.tmp`
  writeFileSync(beside, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 })
  if (document.clients) readClients('The file', beside)
  else readTenants('The file', beside)
  renameSync(beside, path)
}

const newKey = () => {
  const key = `fk_${randomBytes(32).toString('base64url')}`
  return { key, hash: createHash('sha256').update(key).digest('hex') }
}

const show = (id: string, key: string): void => {
  process.stderr.write(`The key of ${id}, shown this once; ${path} holds its hash:\n`)
  process.stdout.write(`${key}\n`)
}

const scopesGiven = (): string[] => {
  const text = option('scopes') ?? fail('--scopes is needed: what the client may do')
  return text === '*' ? [...knownScopes] : listOf(text)
}

const grantsGiven = (): Record<string, '*' | string[]> =>
  Object.fromEntries(
    grantNames.flatMap((name) => {
      const text = option(name)
      return text === undefined ? [] : [[name, text === '*' ? '*' : listOf(text)] as const]
    }),
  )

const hashesOf = ({ keyHash, keyHashes = [] }: Entry): string[] => [...(keyHash ? [keyHash] : []), ...keyHashes]

const keepHashes = (client: Entry, hashes: string[]): void => {
  delete client.keyHash
  client.keyHashes = hashes
}

const commands: Record<string, () => void> = {
  create: () => {
    const id = requiredId()
    if (clients.some((client) => client.id === id)) fail(`there is a client ${id} already: rotate changes its key`)
    const { key, hash } = newKey()
    clients.push({ id, keyHashes: [hash], scopes: scopesGiven(), grants: grantsGiven() })
    save()
    show(id, key)
  },
  rotate: () => {
    const client = clientNamed(requiredId())
    const hashes = hashesOf(client)
    if (hashes.length > 1) fail(`${client.id} has two keys already: retire ends the older one`)
    const { key, hash } = newKey()
    keepHashes(client, [...hashes, hash])
    save()
    show(client.id, key)
  },
  retire: () => {
    const client = clientNamed(requiredId())
    const hashes = hashesOf(client)
    if (hashes.length < 2) fail(`${client.id} has one key only: remove withdraws the client`)
    keepHashes(client, hashes.slice(1))
    save()
  },
  remove: () => {
    clients.splice(clients.indexOf(clientNamed(requiredId())), 1)
    save()
  },
  list: () => {
    const rows = clients.map(({ id, scopes, grants, ...hashes }) => ({
      id,
      keys: hashesOf({ id, scopes, ...hashes }).length,
      scopes,
      grants,
    }))
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  },
}

const [name = ''] = positionals

try {
  if (values.help || name === '' || name === 'help') process.stdout.write(help)
  else (Object.hasOwn(commands, name) ? commands[name] : fail(`there is no command ${name}; see --help`))?.()
} catch (error) {
  if (!(error instanceof UsageError) && (error as Error).name !== 'ConfigError') throw error
  process.stderr.write(`${(error as Error).message}.\n`)
  process.exitCode = 1
}
