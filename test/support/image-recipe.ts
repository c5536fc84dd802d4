/**
 * Executes the steps of the Dockerfile in folders. Each stage is a folder that represents `/` of its image. Throws on
 * an unknown step.
 */
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

interface Step {
  readonly instruction: string
  readonly rest: string
}

export interface Stage {
  readonly from: string
  readonly steps: readonly Step[]
}

/** The settings with which an image starts. */
export interface Image {
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly command: readonly string[]
  readonly healthcheck: readonly string[]
}

const parseSteps = (text: string): Step[] =>
  text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => !/^\s*(#.*)?$/.test(line))
    .map((line) => {
      const [, instruction = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
      if (instruction === '') throw new SyntaxError(`no step: ${line}`)
      return { instruction, rest }
    })

/** The stages by name, in order. */
export const readStages = (text: string): ReadonlyMap<string, Stage> => {
  const stages = new Map<string, { from: string; steps: Step[] }>()
  let current: { from: string; steps: Step[] } | undefined
  for (const step of parseSteps(text)) {
    if (step.instruction === 'FROM') {
      const [, from = '', name = ''] = /^(\S+) AS (\w+)$/.exec(step.rest) ?? []
      current = { from, steps: [] }
      stages.set(name, current)
    } else if (current) current.steps.push(step)
    else throw new SyntaxError('a step before the first stage')
  }
  return stages
}

interface Work {
  readonly context: string
  readonly allowed: readonly string[]
  readonly images: ReadonlyMap<string, Image>
  image: Image
}

const resolveInside = ({ root, workdir }: Image, path: string): string =>
  path.startsWith('/') ? join(root, path) : join(root, workdir, path)

const copy = ({ context, allowed, images, image }: Work, rest: string): void => {
  const words = rest.split(' ')
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined
  const target = words.pop() ?? ''
  for (const source of words) {
    const top = source.split('/')[0] ?? ''
    if (from === undefined && !allowed.includes(top)) throw new Error(`${source} is not in the context: .dockerignore`)
    const origin = from === undefined ? join(context, source) : join(images.get(from)?.root ?? '(no stage)', source)
    const place = resolveInside(image, target)
    cpSync(origin, target.endsWith('/') ? join(place, basename(source)) : place, {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
}

const execute = async ({ context, image }: Work, rest: string): Promise<void> => {
  const [, folder = ''] = /^mkdir (\/\w+) && chown 1000:0 \1 && chmod 770 \1$/.exec(rest) ?? []
  if (folder !== '') {
    mkdirSync(resolveInside(image, folder), { recursive: true })
    if (process.getuid?.() === 0) chownSync(resolveInside(image, folder), 1000, 0)
    chmodSync(resolveInside(image, folder), 0o770)
    return
  }
  const [command, ...args] = rest.split(' ')
  if (command === 'node') {
    await run(process.execPath, args, { cwd: resolveInside(image, '.') })
    return
  }
  // Everything that the lock file names is already in the repository.
  if (rest === 'npm ci --ignore-scripts --no-audit --no-fund') {
    symlinkSync(join(context, 'node_modules'), resolveInside(image, 'node_modules'))
    return
  }
  if (command !== 'npm' || args[0] !== 'ci') throw new Error(`a step that is not known here: ${rest}`)
  const env = { ...process.env, npm_config_prefer_offline: 'true' }
  await run('npm', args, { cwd: resolveInside(image, '.'), env })
}

const apply = async (work: Work, { instruction, rest }: Step): Promise<void> => {
  const change = (more: Partial<Image>): void => {
    work.image = { ...work.image, ...more }
  }
  const setEnv = () => {
    const [name = '', value = ''] = rest.split(/=(.*)/s)
    change({ env: { ...work.image.env, [name]: value } })
  }
  const known: Record<string, () => void | Promise<void>> = {
    WORKDIR: () => {
      change({ workdir: rest })
      mkdirSync(resolveInside(work.image, '.'), { recursive: true })
    },
    COPY: () => copy(work, rest),
    RUN: () => execute(work, rest),
    ENV: setEnv,
    USER: () => change({ user: rest }),
    CMD: () => change({ command: JSON.parse(rest) }),
    HEALTHCHECK: () => change({ healthcheck: JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) }),
    VOLUME: () => {},
    EXPOSE: () => {},
  }
  const act = known[instruction]
  if (!act) throw new Error(`a step that is not known here: ${instruction}`)
  await act()
}

const findNeeds = (stages: ReadonlyMap<string, Stage>, name: string): string[] => {
  const { from = '', steps = [] } = stages.get(name) ?? {}
  const copiedStages = steps.flatMap(({ rest }) => /^--from=(\w+)/.exec(rest)?.[1] ?? [])
  const before = [from, ...copiedStages].filter((each) => stages.has(each))
  return [...new Set([...before.flatMap((each) => findNeeds(stages, each)), name])]
}

/** Builds a stage and the earlier stages that it needs in `folder`. */
export const replay = async (context: string, target: string, folder: string): Promise<Image> => {
  const stages = readStages(readFileSync(join(context, 'Dockerfile'), 'utf8'))
  const allowed = [...readFileSync(join(context, '.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm)].map(
    ([, name]) => name as string,
  )
  const images = new Map<string, Image>()
  for (const name of findNeeds(stages, target)) {
    const { from, steps } = stages.get(name) as Stage
    const root = join(folder, name)
    const base = images.get(from)
    if (base) cpSync(base.root, root, { recursive: true, verbatimSymlinks: true })
    const fresh = { workdir: '/', env: {}, user: 'root', command: [], healthcheck: [] }
    const work: Work = { context, allowed, images, image: { ...fresh, ...base, root } }
    for (const step of steps) await apply(work, step)
    images.set(name, work.image)
  }
  return images.get(target) as Image
}
