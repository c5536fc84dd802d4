/** What can be done with clients. */
import { createHash, randomBytes } from 'node:crypto'
import { scopes as knownScopes } from '#src/access-control.ts'
import { UsageError } from '../command.ts'
import type { ClientsDocument, Entry } from './document.ts'

export const grantNames = ['brokerages', 'teams', 'agents', 'connections'] as const

interface Given {
  readonly id: string | undefined
  readonly scopes: string | undefined
  readonly grants: readonly (readonly [string, string | undefined])[]
}

type Result =
  | { id: string; key: string; warning?: string }
  | { id: string }
  | { clients: readonly { id: string; keys: number; scopes: string[]; grants: Entry['grants'] }[] }

/** What is asked for cannot be done with these clients. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

const refuse = (message: string): never => {
  throw new Refusal(message)
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const needed = (value: string | undefined, name: string, meaning: string): string => {
  if (value === undefined) throw new UsageError(`--${name} is needed: ${meaning}`)
  return value
}

const idOf = ({ id }: Given): string => needed(id, 'id', 'the name of the client')

const scopesOf = ({ scopes }: Given): string[] => {
  const text = needed(scopes, 'scopes', 'what the client may do')
  const names = text === '*' ? [...knownScopes] : listOf(text)
  const unknown = names.find((name) => !(knownScopes as readonly string[]).includes(name))
  return unknown === undefined ? names : refuse(`unknown scope ${unknown}; known: ${knownScopes.join(', ')}`)
}

/** With these scopes alone a client can work without a grant. */
const withoutGrants = ['connections:manage', 'ops:read']

const warnOfNoGrants = ({ id, scopes, grants = {} }: Entry): { warning?: string } => {
  const isUseless = Object.keys(grants).length === 0 && !scopes.every((scope) => withoutGrants.includes(scope))
  if (!isUseless) return {}
  const flags = grantNames.map((name) => `--${name}`).join(', ')
  return { warning: `${id} has no grants, so it can see nothing. Remove it and create it with ${flags}` }
}

const grantsOf = ({ grants }: Given): Record<string, '*' | string[]> =>
  Object.fromEntries(
    grants.flatMap(([name, text]) => (text === undefined ? [] : [[name, text === '*' ? '*' : listOf(text)] as const])),
  )

const clientNamed = (clients: readonly Entry[], id: string): Entry =>
  clients.find((client) => client.id === id) ?? refuse(`there is no client ${id}`)

const newKey = () => {
  const key = `fk_${randomBytes(32).toString('base64url')}`
  return { key, hash: createHash('sha256').update(key).digest('hex') }
}

const hashesOf = ({ keyHash, keyHashes = [] }: Pick<Entry, 'keyHash' | 'keyHashes'>): string[] => [
  ...(keyHash ? [keyHash] : []),
  ...keyHashes,
]

const keepHashes = (client: Entry, hashes: string[]): void => {
  delete client.keyHash
  client.keyHashes = hashes
}

export const verbs: Readonly<Record<string, (document: ClientsDocument, given: Given) => Result>> = {
  create: ({ clients, save }, given) => {
    const id = idOf(given)
    if (clients.some((client) => client.id === id)) refuse(`there is a client ${id} already: rotate changes its key`)
    const { key, hash } = newKey()
    const client = { id, keyHashes: [hash], scopes: scopesOf(given), grants: grantsOf(given) }
    clients.push(client)
    save()
    return { id, key, ...warnOfNoGrants(client) }
  },
  rotate: ({ clients, save }, given) => {
    const client = clientNamed(clients, idOf(given))
    const hashes = hashesOf(client)
    if (hashes.length > 1) refuse(`${client.id} has two keys already: retire ends the older one`)
    const { key, hash } = newKey()
    keepHashes(client, [...hashes, hash])
    save()
    return { id: client.id, key }
  },
  retire: ({ clients, save }, given) => {
    const client = clientNamed(clients, idOf(given))
    const hashes = hashesOf(client)
    if (hashes.length < 2) refuse(`${client.id} has one key only: remove withdraws the client`)
    keepHashes(client, hashes.slice(1))
    save()
    return { id: client.id }
  },
  remove: ({ clients, save }, given) => {
    const client = clientNamed(clients, idOf(given))
    clients.splice(clients.indexOf(client), 1)
    save()
    return { id: client.id }
  },
  list: ({ clients }) => ({
    clients: clients.map(({ id, scopes, grants, ...hashes }) => ({
      id,
      keys: hashesOf(hashes).length,
      scopes,
      grants,
    })),
  }),
}
