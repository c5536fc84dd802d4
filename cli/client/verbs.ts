/** The subcommands of `foyer client`. */
import { createHash, randomBytes } from 'node:crypto'
import { scopes as knownScopes } from '#src/access-control.ts'
import { UsageError } from '../command.ts'
import type { ClientsDocument, Entry } from './document.ts'

export const grantNames = ['brokerages', 'teams', 'agents', 'connections'] as const

interface ClientOptions {
  readonly id: string | undefined
  readonly scopes: string | undefined
  readonly grants: readonly (readonly [string, string | undefined])[]
}

type Result =
  | { id: string; key: string; warning?: string }
  | { id: string }
  | { clients: readonly { id: string; keys: number; scopes: string[]; grants: Entry['grants'] }[] }

/** The clients file does not allow the command. */
export class ClientCommandError extends Error {
  override readonly name = 'ClientCommandError'
}

const rejectCommand = (message: string): never => {
  throw new ClientCommandError(message)
}

const parseList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const requireValue = (value: string | undefined, name: string, meaning: string): string => {
  if (value === undefined) throw new UsageError(`--${name} is required: ${meaning}`)
  return value
}

const requireId = ({ id }: ClientOptions): string => requireValue(id, 'id', 'the name of the client')

const parseScopes = ({ scopes }: ClientOptions): string[] => {
  const text = requireValue(scopes, 'scopes', 'what the client may do')
  const names = text === '*' ? [...knownScopes] : parseList(text)
  const unknown = names.find((name) => !(knownScopes as readonly string[]).includes(name))
  return unknown === undefined ? names : rejectCommand(`unknown scope ${unknown}; known: ${knownScopes.join(', ')}`)
}

/** A client that has only these scopes needs no grants. */
const scopesWithoutGrants = ['connections:manage', 'ops:read']

const warnIfNoGrants = ({ id, scopes, grants = {} }: Entry): { warning?: string } => {
  const isUseless = Object.keys(grants).length === 0 && !scopes.every((scope) => scopesWithoutGrants.includes(scope))
  if (!isUseless) return {}
  const flags = grantNames.map((name) => `--${name}`).join(', ')
  return { warning: `${id} has no grants, so it can see nothing. Remove it and create it with ${flags}` }
}

const parseGrants = ({ grants }: ClientOptions): Record<string, '*' | string[]> =>
  Object.fromEntries(
    grants.flatMap(([name, text]) =>
      text === undefined ? [] : [[name, text === '*' ? '*' : parseList(text)] as const],
    ),
  )

const findClient = (clients: readonly Entry[], id: string): Entry =>
  clients.find((client) => client.id === id) ?? rejectCommand(`there is no client ${id}`)

const createKey = () => {
  const key = `fk_${randomBytes(32).toString('base64url')}`
  return { key, hash: createHash('sha256').update(key).digest('hex') }
}

const listHashes = ({ keyHash, keyHashes = [] }: Pick<Entry, 'keyHash' | 'keyHashes'>): string[] => [
  ...(keyHash ? [keyHash] : []),
  ...keyHashes,
]

const setHashes = (client: Entry, hashes: string[]): void => {
  delete client.keyHash
  client.keyHashes = hashes
}

export const verbs: Readonly<Record<string, (document: ClientsDocument, options: ClientOptions) => Result>> = {
  create: ({ clients, save }, options) => {
    const id = requireId(options)
    if (clients.some((client) => client.id === id))
      rejectCommand(`the client ${id} already exists; use rotate to change its key`)
    const { key, hash } = createKey()
    const client = { id, keyHashes: [hash], scopes: parseScopes(options), grants: parseGrants(options) }
    clients.push(client)
    save()
    return { id, key, ...warnIfNoGrants(client) }
  },
  rotate: ({ clients, save }, options) => {
    const client = findClient(clients, requireId(options))
    const hashes = listHashes(client)
    if (hashes.length > 1) rejectCommand(`${client.id} already has two keys; use retire to withdraw the older one`)
    const { key, hash } = createKey()
    setHashes(client, [...hashes, hash])
    save()
    return { id: client.id, key }
  },
  retire: ({ clients, save }, options) => {
    const client = findClient(clients, requireId(options))
    const hashes = listHashes(client)
    if (hashes.length < 2) rejectCommand(`${client.id} has only one key; use remove to withdraw the client`)
    setHashes(client, hashes.slice(1))
    save()
    return { id: client.id }
  },
  remove: ({ clients, save }, options) => {
    const client = findClient(clients, requireId(options))
    clients.splice(clients.indexOf(client), 1)
    save()
    return { id: client.id }
  },
  list: ({ clients }) => ({
    clients: clients.map(({ id, scopes, grants, ...hashes }) => ({
      id,
      keys: listHashes(hashes).length,
      scopes,
      grants,
    })),
  }),
}
