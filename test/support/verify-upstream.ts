import { expect } from 'vitest'
import type { Environment } from '#src/config.ts'
import type { Sandbox } from '../../sandbox/index.ts'
import { type Run, runCommand } from './command.ts'
import { createEnvironment } from './test-gateway.ts'

/** So far in the past that some agent of the sandbox was active. */
const from = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10)

export const allArguments = [
  ...['--sid', '10101', '--agent', 'agent1@example.com', '--manager', 'manager1@example.com'],
  ...['--brokerage', 'b1001', '--team', 't2001', '--event', '7', '--from', from],
]

/** Runs the command in this process, and checks that its output contains no personal data and no secrets. */
export const run = async (args: readonly string[], env: Environment): Promise<Run> => {
  const output = await runCommand(['verify:upstream', ...args], env)
  const people = /[\w.+-]+@example\.com|c0ffee0{8}|sandbox-(spacio-key|secret)|555[ .-]?01\d\d|new here|MAYBE/
  const isTaught = args.includes('--help') || args.includes('-h') || output.err.includes('--help')
  if (!isTaught) expect(output.out + output.err).not.toMatch(people)
  return output
}

export const runOn = (sandbox: Sandbox, args: readonly string[] = allArguments, env: Environment = {}): Promise<Run> =>
  run(args, { ...createEnvironment(sandbox), ...env })

interface Json {
  exitCode: number
  results: {
    system: string
    operation: string
    status: string
    records: number | null
    milliseconds: number | null
    drift: { resource: string; field: string; kind: string; count: number }[]
    reason: string | null
  }[]
  observed: { about: string; finding: string }[]
}

export const jsonOn = async (sandbox: Sandbox, args?: readonly string[], env?: Environment): Promise<Json> => {
  const { out, code } = await runOn(sandbox, [...(args ?? allArguments), '--json'], env)
  const json: Json = JSON.parse(out)
  expect(json.exitCode).toBe(code)
  return json
}

export const listStatuses = ({ results }: Json): Record<string, string> =>
  Object.fromEntries(results.map(({ operation, status }) => [operation, status]))

export const listDrift = ({ results }: Json): string[] =>
  results.flatMap(({ operation, drift }) => drift.map(({ field, kind }) => `${operation} ${field} ${kind}`))

export const listObservations = ({ observed }: Json): Record<string, string> =>
  Object.fromEntries(observed.map(({ about, finding }) => [about, finding]))
