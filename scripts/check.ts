/** Runs the type checks and the linter at the same time. Prints the output of each when it ends; fails if one fails. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

const commands = [
  'tsc -p .',
  'tsc -p clients/typescript --noEmit --incremental --tsBuildInfoFile node_modules/.cache/client.tsbuildinfo',
  'biome check .',
]

const run = async (command: string): Promise<boolean> => {
  const child = spawn(`${command} 2>&1`, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output = await text(child.stdout)
  const code = await ended
  process.stdout.write(`> ${command}${code === 0 ? '' : ` failed with exit code ${code}`}\n${output}`)
  return code === 0
}

const results = await Promise.all(commands.map(run))
if (results.includes(false)) process.exitCode = 1
