/** `foyer start`: the gateway, in the place of this process. */
import { existsSync } from 'node:fs'
import type { Environment } from '#src/config/environment.ts'
import { type Command, readArguments } from './command.ts'
import { resolveModule } from './files.ts'

/**
 * SQLite is in Node, but called experimental. The keys of tokens and the traces are fetched through the proxies that the
 * environment names, as the upstreams are. Of garbage: helpers that share one core with the collector cost more than
 * they spare, and a heap that grows in small steps follows what is held and not what passes. docs/performance.md has what
 * smaller and larger figures cost.
 */
export const startFlags = [
  '--disable-warning=ExperimentalWarning',
  '--use-env-proxy',
  '--no-parallel-scavenge',
  '--max-semi-space-size=8',
  '--heap-growing-percent=60',
]

/**
 * The allocator of glibc gives memory back to the system as soon as it can, and a list's bytes ask for it again a moment
 * later: then the first touch of each page costs more than what is written there. Up to 64 MB stay, and pieces of up to
 * 16 MB are taken from them. Other allocators know none of these names.
 */
export const startEnvironment = { MALLOC_TRIM_THRESHOLD_: '67108864', MALLOC_MMAP_THRESHOLD_: '16777216' }

const help = `Starts the gateway.

  SPACIO_API_KEY=… FOYER_CLIENTS_FILE=clients.json foyer start

All settings are environment variables; the README lists them. The command also reads the file .env in the working
directory; environment variables override it. These settings are enough to start:

  SPACIO_API_KEY         the key of the Spacio account
  LIONDESK_ACCESS_TOKEN  the token of the LionDesk account, for the /events routes
  FOYER_CLIENTS_FILE     the clients that may call; foyer client create writes it
  PORT, HOST             3000, 127.0.0.1
  FOYER_STORE_URL        file:foyer.db; replicas share redis://…

SIGTERM and SIGINT stop the gateway; open requests have up to 30 seconds to finish. SIGHUP reloads the clients. The
first log line contains the process id. npm and npx forward SIGTERM to the process, but not SIGHUP.

  exit 0   the gateway was stopped by a signal
       1   the gateway cannot start; the message names the wrong variable or the port in use
       2   wrong usage
`

/** Node reads it. What the environment says already is not changed by it. */
const environmentFile = '.env'

/**
 * Flags are read when a process starts. The process keeps its number, so that signals find it. npm and npx put a shell
 * between themselves and the process, which dies of their signals without passing them on: the gateway watches it.
 */
const replaceProcess = (env: Environment): void => {
  // Without a file, Node would complain that there is none.
  const flags = existsSync(environmentFile) ? [...startFlags, `--env-file-if-exists=${environmentFile}`] : startFlags
  const watchFlags = env.npm_lifecycle_event === undefined ? [] : ['--with-parent']
  const args = [process.execPath, ...flags, resolveModule('src/server'), ...watchFlags]
  process.execve?.(process.execPath, args, { ...startEnvironment, ...env } as Record<string, string>)
}

export const start: Command = {
  help,
  run: async ({ args, env }) => {
    readArguments(args, {})
    // Not everywhere can a process be replaced: there it goes on without the flags.
    if (process.platform === 'win32' || process.send) {
      if (existsSync(environmentFile)) process.loadEnvFile(environmentFile)
      await import(resolveModule('src/server'))
    } else replaceProcess(env)
    return 0
  },
}
