/** `foyer start`: replaces this process by the gateway. */
import { existsSync } from 'node:fs'
import type { Environment } from '#src/config/environment.ts'
import { type Command, readArguments } from './command.ts'
import { resolveModule } from './files.ts'

/**
 * Node flags of the gateway. `--use-env-proxy` applies the proxy variables to the requests for token signing keys and
 * traces. The garbage collector flags reduce memory and helper threads on small machines; docs/performance.md has the
 * measurements.
 */
export const startFlags = [
  '--disable-warning=ExperimentalWarning',
  '--use-env-proxy',
  '--no-parallel-scavenge',
  '--max-semi-space-size=16',
  '--heap-growing-percent=60',
]

/**
 * Settings for the allocator of glibc. By default it returns memory to the system so early that each list response
 * causes page faults. These values keep up to 64 MB, and serve allocations of up to 16 MB from it. Other allocators
 * ignore them.
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

/** Node loads this file. Existing environment variables take precedence. */
const environmentFile = '.env'

/**
 * Replaces this process, because Node reads its flags only at startup. The process id stays the same, so signals still
 * reach it. The shell that npm and npx start in between does not forward signals, so the gateway watches its parent.
 */
const replaceProcess = (env: Environment): void => {
  // Node warns if the file does not exist.
  const flags = existsSync(environmentFile) ? [...startFlags, `--env-file-if-exists=${environmentFile}`] : startFlags
  const watchFlags = env.npm_lifecycle_event === undefined ? [] : ['--with-parent']
  const args = [process.execPath, ...flags, resolveModule('src/server'), ...watchFlags]
  process.execve?.(process.execPath, args, { ...startEnvironment, ...env } as Record<string, string>)
}

export const start: Command = {
  help,
  run: async ({ args, env }) => {
    readArguments(args, {})
    // Where a process cannot be replaced, the gateway runs in this process, without the flags.
    if (process.platform === 'win32' || process.send) {
      if (existsSync(environmentFile)) process.loadEnvFile(environmentFile)
      await import(resolveModule('src/server'))
    } else replaceProcess(env)
    return 0
  },
}
