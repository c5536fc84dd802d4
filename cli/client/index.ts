/** `foyer client`: issues, changes and withdraws the API keys of clients, in a clients file or a tenants file. */
import { resolve } from 'node:path'
import { scopes as knownScopes } from '#src/access.ts'
import { asJson, type Command, type Context, exitCodes, readArguments, UsageError } from '../command.ts'
import { openDocument } from './document.ts'
import { prepareReload } from './reload.ts'
import { grantNames, Refusal, verbs } from './verbs.ts'

const help = `Issues, changes and withdraws API keys.

  foyer client create --id web --scopes leads:read,properties:read --brokerages b1001
  foyer client rotate --id web     a second key beside the first
  foyer client retire --id web     the older of two keys ends
  foyer client remove --id web
  foyer client list

  --file PATH      the clients or tenants file (FOYER_CLIENTS_FILE, FOYER_TENANTS_FILE, or clients.json)
  --tenant ID      whose client, in a tenants file
  --id NAME        the client's name, in logs and limits
  --scopes LIST    what the client may do: scopes with commas between, or "*" for all of them:
                   ${knownScopes.slice(0, 5).join(', ')},
                   ${knownScopes.slice(5).join(', ')}
  --brokerages, --teams, --agents, --connections LIST
                   what the client may see: ids with commas between, or "*"; what is not named is not granted
  --signal PID     sends SIGHUP to the gateway with this process id after the change, so that it reloads the file
  --json           the result as JSON: {id, key, file} of a new key, [{id, keys, scopes, grants}] of a list

A key is shown once; the file holds its SHA-256 only. A running gateway knows nothing of the change until it receives
SIGHUP: a withdrawn key works until then.

  exit 0   done
       1   there is no such client, or there is one already, or the file would be none that a gateway takes
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
  return `A gateway that is running ${effect}: send it SIGHUP (kill -HUP PID, or
docker kill -s HUP CONTAINER). With --signal PID this command sends it.
`
}

const act = ({ args, env, out, err }: Context): number => {
  const { values, positionals } = readArguments(args, options, true)
  const [name = '', ...others] = positionals
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb || others.length > 0) {
    throw new UsageError(
      name === ''
        ? 'what is to be done? create, rotate, retire, remove or list'
        : `there is no command ${positionals.join(' ')}`,
    )
  }
  const reload = values.signal === undefined ? null : prepareReload(values.signal)
  const path = resolve(values.file ?? env.FOYER_CLIENTS_FILE ?? env.FOYER_TENANTS_FILE ?? 'clients.json')
  const document = openDocument(path, values.tenant)
  const grants = grantNames.map((grant) => [grant, values[grant]] as const)
  const result = verb(document, { id: values.id, scopes: values.scopes, grants })
  if ('key' in result) {
    if (!values.json) err(`The key of ${result.id}, shown this once; ${path} holds its hash:\n`)
    out(values.json ? asJson({ ...result, file: path }) : `${result.key}\n`)
  } else if ('clients' in result) out(asJson(result.clients))
  if ('warning' in result) err(`warning: ${result.warning}.\n`)
  if (reload) {
    reload()
    err(`SIGHUP was sent to process ${values.signal}: its log says when it has reloaded.\n`)
  } else if (name !== 'list' && !values.json) err(reloadHint(name))
  return exitCodes.done
}

export const client: Command = {
  help,
  run: (context) => {
    try {
      return act(context)
    } catch (error) {
      if (!(error instanceof Refusal) && (error as Error).name !== 'ConfigError') throw error
      context.err(`${(error as Error).message}.\n`)
      return exitCodes.no
    }
  },
}
