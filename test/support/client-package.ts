import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const root = join(import.meta.dirname, '../..')

export const clientFolder = join(root, 'clients/typescript')

const packageName = 'foyer-client-0.1.0.tgz'

/** Identifies all that the package depends on: the files of the client, and the versions of its compiler and types. */
const hashSources = (): string => {
  const files = globSync('{src/**/*.*,*.*,LICENSE}', { cwd: clientFolder }).sort()
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const file of files) hash.update(`\n${file}\n`).update(readFileSync(join(clientFolder, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Packs the client, unless these sources were packed before: the compiler needs several seconds. Returns the archive. */
const packClient = async (): Promise<string> => {
  const caches = join(root, 'node_modules/.cache')
  const archive = join(caches, 'foyer-client', hashSources(), packageName)
  if (existsSync(archive)) return archive
  mkdirSync(dirname(archive), { recursive: true })
  // Renamed when it is complete, because another worker may look for it.
  const folder = mkdtempSync(join(caches, 'foyer-client-'))
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clientFolder })
  renameSync(join(folder, packageName), archive)
  rmSync(folder, { recursive: true })
  return archive
}

/** Unpacks the packed client below `node_modules` of the folder. */
export const unpackClient = async (folder: string): Promise<void> => {
  const archive = await packClient()
  const target = join(folder, 'node_modules/foyer-client')
  mkdirSync(target, { recursive: true })
  await run('tar', ['-xzf', archive, '-C', target, '--strip-components=1'])
}

/** A project outside the repository, with the packed client and the given peer dependencies. */
export const installPacked = async (peers: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-consumer-'))
  await unpackClient(folder)
  for (const peer of ['eventsource-parser', ...peers]) {
    const link = join(folder, 'node_modules', peer)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', peer), link)
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  return folder
}

/** Runs a file of that project and returns its output. */
export const findRun = async (folder: string, file: string): Promise<string> =>
  (await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd: folder })).stdout

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2022', 'dom', 'dom.iterable'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
}

/** Returns the compiler errors in files of that project. */
export const typeCheck = async (
  folder: string,
  files: readonly string[],
  { compiler = join(root, 'node_modules/typescript'), options = {} } = {},
): Promise<string[]> => {
  const settings = { compilerOptions: { ...compilerOptions, ...options }, files }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  return run(process.execPath, [join(compiler, 'bin/tsc'), '-p', folder]).then(
    () => [],
    ({ stdout, stderr }: { stdout: string; stderr: string }) => (stdout + stderr).trim().split('\n'),
  )
}
