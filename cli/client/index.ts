/** `foyer client`: creates, rotates and withdraws API keys in a clients file or a tenants file. */
import { resolve } from 'node:path'
import { scopes as knownScopes } from '#src/access-control.ts'
import { type Command, type Context, exitCodes, readArguments, toJson, UsageError } from '../command.ts'
import { openDocument } from './document.ts'
import { prepareReload } from './reload.ts'
import { ClientCommandError, grantNames, verbs } from './verbs.ts'

const help = `Creates, rotates and withdraws API keys.

  foyer client create --id web --scopes leads:read,properties:read --brokerages b1001
  foyer client rotate --id web     add a second key
  foyer client retire --id web     withdraw the older of two keys
  foyer client remove --id web
  foyer client list

  --file PATH      the clients or tenants file (FOYER_CLIENTS_FILE, FOYER_TENANTS_FILE, or clients.json)
  --tenant ID      the tenant of the client, in a tenants file
  --id NAME        the client's name, in logs and limits
  --scopes LIST    what the client may do: comma-separated scopes, or "*" for all of them:
                   ${knownScopes.slice(0, 5).join(', ')},
                   ${knownScopes.slice(5).join(', ')}
  --brokerages, --teams, --agents, --connections LIST
                   what the client may see: comma-separated ids, or "*" for all; everything else is denied
  --signal PID     sends SIGHUP to the gateway with this process id after the change, so that it reloads the file
  --json           the result as JSON: {id, key, file} for a new key, [{id, keys, scopes, grants}] for a list

The command prints a key only once; the file contains only its SHA-256. A running gateway applies the change when it
receives SIGHUP. A withdrawn key works until then.

  exit 0   success
       1   the client does not exist, or it exists already, or the file would not be valid for a gateway
       2   wrong usage
`

const text = { type: 'string' } as const

const options = {
  ...{ file: text, tenant: text, id: text, scopes: text },
  ...{ brokerages: text, teams: text, agents: text, connections: text },
  signal: text,
  json: { type: 'boolean', default: false },
} as const

const reloadHint = (name: string): string => {
  const effect =
    name === 'create' || name === 'rotate'
      ? 'does not know the new key until it reloads the file'
      : 'accepts the withdrawn key until it reloads the file'
  return `A running gateway ${effect}. Send it SIGHUP (kill -HUP PID, or
docker kill -s HUP CONTAINER). With --signal PID, this command sends the signal.
`
}

const execute = ({ args, env, out, err }: Context): number => {
  const { values, positionals } = readArguments(args, options, true)
  const [name = '', ...others] = positionals
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb || others.length > 0) {
    throw new UsageError(
      name === ''
        ? 'a command is missing: create, rotate, retire, remove or list'
        : `there is no command ${positionals.join(' ')}`,
    )
  }
  const reload = values.signal === undefined ? null : prepareReload(values.signal)
  const path = resolve(values.file ?? env.FOYER_CLIENTS_FILE ?? env.FOYER_TENANTS_FILE ?? 'clients.json')
  const document = openDocument(path, values.tenant)
  const grants = grantNames.map((grant) => [grant, values[grant]] as const)
  const result = verb(document, { id: values.id, scopes: values.scopes, grants })
  if ('key' in result) {
    if (!values.json) err(`The key of ${result.id}. It is shown only once; ${path} contains its hash:\n`)
    out(values.json ? toJson({ ...result, file: path }) : `${result.key}\n`)
  } else if ('clients' in result) out(toJson(result.clients))
  if ('warning' in result) err(`warning: ${result.warning}.\n`)
  if (reload) {
    reload()
    err(`SIGHUP was sent to process ${values.signal}. The log of the process reports the reload.\n`)
  } else if (name !== 'list' && !values.json) err(reloadHint(name))
  return exitCodes.done
}

export const client: Command = {
  help,
  run: (context) => {
    try {
      return execute(context)
    } catch (error) {
      if (!(error instanceof ClientCommandError) && (error as Error).name !== 'ConfigError') throw error
      context.err(`${(error as Error).message}.\n`)
      return exitCodes.no
    }
  },
}
