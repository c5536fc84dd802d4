import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import { type System, systems } from './contenders/index.ts'

/** The case of startup and memory, in addition to the request cases. */
const processCase = 'process'

export const usage = `npm run bench -- [options]

  --case A,B          some of ${[...cases.map(({ name }) => name), processCase].join(', ')} (all)
  --variant WORD      only the variants whose name contains the word: fresh, unchanged, cached, 304
  --against A,B       some of ${systems.join(', ')} (all)
  --rounds N          the number of rounds, each with new processes (5)
  --quick             one short round of foyer and proxy
  --profile FOLDER    writes a CPU profile of the gateway for each variant, and prints the share of each module
  --write             writes the figures, or with --profile the shares, into docs/performance.md
`

const parseWord = <Word extends string>(words: readonly Word[], value: string): Word => {
  const word = words.find((each) => each === value)
  if (word === undefined) throw new Error(`${value} is unknown; use ${words.join(', ')}\n\n${usage}`)
  return word
}

export const readArguments = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string' },
      variant: { type: 'string', default: '' },
      against: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { quick, write, profile, variant, help } = values
  const parseSystems = (text: string): readonly System[] => text.split(',').map((name) => parseWord(systems, name))
  const names = [...cases.map(({ name }) => name), processCase]
  const named = values.case?.split(',').map((name) => parseWord(names, name)) ?? names
  return {
    cases: cases
      .filter(({ name }) => named.includes(name))
      .map((each) => ({ ...each, variants: each.variants.filter(({ name }) => name.includes(variant)) }))
      .filter(({ variants }) => variants.length > 0),
    against: parseSystems(values.against ?? (profile ? 'foyer' : quick ? 'foyer,proxy' : systems.join(','))),
    rounds: Number(values.rounds ?? (profile ? 1 : quick ? 1 : 5)),
    pace: quick ? { warmMs: 5_000, windowMs: 400, windows: 5 } : { warmMs: 15_000, windowMs: 1_000, windows: 4 },
    withProcess: named.includes(processCase) && !profile,
    profile,
    write,
    help,
  }
}
