/** The code blocks of the pages that can be run, and how to run them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { compileCacheEnvironment } from '../compile-cache.ts'
import { type Block, listBlocks } from './markdown.ts'
import { readText, root } from './pages.ts'
import type { ExampleSandbox } from './place.ts'
import { type ProcessResult, type RunningProcess, start } from './run.ts'

export interface Example extends Block {
  /** The index of the block in its page. */
  index: number
  kind: 'sh' | 'ts'
  /** The block does not end by itself. */
  isLive: boolean
  /** The reply that the page shows after the command. */
  reply: unknown
}

/** The reason why a block is not run, from a comment above it: `<!-- no-run: … -->`. */
export const getExcuse = ({ note }: Block): string | null => /^no-run: (.+)/.exec(note)?.[1] ?? null

export const getKind = ({ language, code }: Block): 'sh' | 'ts' | null => {
  if (/^(ts|typescript)$/.test(language)) return 'ts'
  if (/^(sh|bash|shell)$/.test(language)) return 'sh'
  return language === '' && /^\s*curl /m.test(code) ? 'sh' : null
}

/** Returns the blocks of a page that are run, in order. */
export const listExamples = (page: string): Example[] => {
  const blocks = listBlocks(readText(page))
  return blocks.flatMap((block, index) => {
    const kind = getKind(block)
    if (!kind || getExcuse(block) !== null) return []
    const next = blocks[index + 1]
    const reply: unknown = kind === 'sh' && next?.language === 'json' ? JSON.parse(next.code) : undefined
    return [{ ...block, index, kind, isLive: block.note === 'live', reply }]
  })
}

export const isProblem = (reply: unknown): boolean => Number((reply as { status?: unknown } | undefined)?.status) >= 400

/** A shell keeps its variables between the blocks of a page. npm runs in the repository. */
const createShellScript = (code: string, expectsProblem: boolean): string => `
set -euo pipefail
touch state && . ./state
npm() { (cd '${root}' && command npm "$@"); }
npx() { (cd '${root}' && command npx "$@"); }
curl() {
  [[ " $* " == *' --fail '* ]] || set -- --fail-with-body "$@"
  command curl --silent --show-error ${expectsProblem ? '' : '--retry 5'} "$@"
}
${code}
declare -p | grep -E '^declare -[-x]* (KEY|TODAY)=' > state || true
`

const getFile = (page: string, { index }: Example): string => `${page.replaceAll(/\W/g, '-')}-${index}.ts`

/** Each block is a separate module. */
export const writePrograms = async (place: ExampleSandbox, pages: readonly string[]): Promise<string[]> => {
  const programs = pages.flatMap((page) =>
    listExamples(page)
      .filter(({ kind }) => kind === 'ts')
      .map((example) => ({ name: getFile(page, example), code: `${place.adaptCode(example.code)}\nexport {}\n` })),
  )
  await Promise.all(programs.map(({ name, code }) => writeFile(join(place.folder, name), code)))
  return programs.map(({ name }) => name)
}

export const startExample = (place: ExampleSandbox, page: string, example: Example): RunningProcess => {
  const { PATH, HOME } = process.env
  const env = {
    PATH,
    HOME,
    FOYER_CLIENTS_FILE: join(place.folder, 'clients.json'),
    FOYER_STORE_URL: 'memory:',
    npm_config_update_notifier: 'false',
    ...compileCacheEnvironment,
  }
  const options = { cwd: place.folder, env }
  if (example.kind === 'ts') return start(process.execPath, [getFile(page, example)], options)
  return start('bash', ['-c', createShellScript(place.adaptCode(example.code), isProblem(example.reply))], options)
}

/**
 * Returns the seconds to wait if the gateway shed load on a busy machine, because such a run does not test the page;
 * otherwise null.
 */
const getShedSeconds = ({ output, errors }: ProcessResult): number | null => {
  const [, seconds] = /"code":"overloaded".*"retryAfter":(\d+)/.exec(output + errors) ?? []
  return seconds === undefined ? null : Number(seconds)
}

export const runExample = async (
  place: ExampleSandbox,
  page: string,
  example: Example,
  attempts = 5,
): Promise<ProcessResult> => {
  const result = await startExample(place, page, example).exit
  const seconds = getShedSeconds(result)
  if (seconds === null || attempts === 1) return result
  await setTimeout(seconds * 1000)
  return runExample(place, page, example, attempts - 1)
}
