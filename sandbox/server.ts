import { parseArgs } from 'node:util'
import type { Sandbox } from './index.ts'

const exitWithError = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const getReason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${error.port} is taken: choose another with --spacio-port or --liondesk-port.`
  }
  return `${error.message.split('\n')[0]}.`
}

function toCount(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) throw new Error(`--${name} must be a whole number up to ${max}`)
  return Number(text)
}

/** Loaded dynamically, because its packages are optional dependencies. */
async function load(): Promise<typeof import('./index.ts')> {
  try {
    return await import('./index.ts')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const [, name] = (code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package '([^']+)'/.exec(message)) || []
    if (!name) throw error
    const remedy = 'npm left out optional packages. Install them with: npm ci --include=optional'
    throw new Error(`The simulated upstreams need the package ${name}, which is not installed: ${remedy}`)
  }
}

function readOptions(maxLeads: number) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string' },
      'spacio-port': { type: 'string', default: '4010' },
      'liondesk-port': { type: 'string', default: '4020' },
      leads: { type: 'string' },
      seed: { type: 'string' },
      'with-parent': { type: 'boolean', default: false },
    },
  })
  const options = {
    host: values.host,
    spacioPort: toCount('spacio-port', values['spacio-port'], 65_535),
    liondeskPort: toCount('liondesk-port', values['liondesk-port'], 65_535),
    leads: toCount('leads', values.leads, maxLeads),
    seed: toCount('seed', values.seed, 999_999_999),
  }
  const defined = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { options: defined, withParent: values['with-parent'] }
}

function announce({ spacio, liondesk }: Sandbox): void {
  process.stdout.write(`Spacio sandbox at ${spacio.url} (apikey ${spacio.apiKey})\n`)
  process.stdout.write(`LionDesk sandbox at ${liondesk.url} (access token ${liondesk.accessToken})\n`)
}

try {
  const { maxLeads, startSandbox } = await load()
  const { options, withParent } = readOptions(maxLeads)
  const sandbox = await startSandbox(options)
  const stop = (): void => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (withParent) process.once('disconnect', stop)
  announce(sandbox)
} catch (error) {
  exitWithError(getReason(error))
}
