/** The `foyer` command: runs a subcommand and returns its exit code. */
import { type Command, type Context, exitCodes, UsageError } from './command.ts'
import { commands } from './commands.ts'

const width = Math.max(...Object.keys(commands).map((name) => name.length))

const help = `Foyer, a REST gateway over Spacio and LionDesk.

  foyer COMMAND [OPTION…]        foyer COMMAND --help lists its options

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(width)}   ${summary}`)
  .join('\n')}

Try it without an account:            foyer demo
Try it from a program or in CI:       foyer demo --json

Results go to standard output, messages to standard error. With --json, commands that return data print JSON.

  exit ${exitCodes.done}   success
       ${exitCodes.no}   negative result: a contract is broken, an upstream drifts, a client does not exist…
       ${exitCodes.failed}   failure: wrong usage, or a server cannot be reached
`

const wantsHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h')

const findCommand = (name: string): Promise<Command> => {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(`there is no command ${name}`)
  return command.load()
}

/** Runs the command that the first argument names. */
export const run = async ({ args: [name = '', ...args], ...rest }: Context): Promise<number> => {
  try {
    if (name === '' || name === 'help' || name.startsWith('-')) {
      if (name !== '' && name !== 'help' && !wantsHelp([name])) throw new UsageError(`${name} must follow a command`)
      rest.out(args[0] === undefined ? help : (await findCommand(args[0])).help)
      return exitCodes.done
    }
    const command = await findCommand(name)
    if (!wantsHelp(args)) return await command.run({ ...rest, args })
    rest.out(command.help)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    rest.err(`${error.message}.\nfoyer ${Object.hasOwn(commands, name) ? `${name} ` : ''}--help shows the usage.\n`)
    return exitCodes.failed
  }
}

/** Runs a command with the environment and output of the process. */
export const main = (args: readonly string[]): Promise<number> => {
  // A closed pipe, such as `| head`, is not an error.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
  return run({
    args,
    env: process.env,
    out: (text) => {
      process.stdout.write(text)
    },
    err: (text) => {
      process.stderr.write(text)
    },
  })
}
