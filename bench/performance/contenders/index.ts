/** The measured programs. Each is a separate process with its own requests. */
import { launch } from '../../processes.ts'
import type { Case, Request, Variant } from '../cases.ts'
import { apiKey, startFoyer } from './foyer.ts'
import { readNginxVersion, startNginx } from './nginx.ts'
import type { Start } from './start.ts'

export const systems = ['foyer', 'proxy', 'express', 'nginx', 'constant'] as const

export type System = (typeof systems)[number]

export interface Contender {
  readonly system: System
  readonly title: string
  readonly start: Start
  readonly requests: readonly Request[]
  readonly bytes: 'fresh' | 'unchanged'
  readonly isConditional: boolean
  readonly target: number | null
  readonly maxAllocatedKb: number | null
  /** The number of warm-up responses. */
  readonly warmUp: number
}

const createScriptStart =
  (name: string): Start =>
  ({ port, upstream, prefix, nodeFlags = [] }) => {
    const path = `${import.meta.dirname}/${name}.ts`
    const command = [...prefix, process.execPath, ...nodeFlags, path, `${port}`, `${upstream}`]
    return launch(command, { PATH: process.env.PATH ?? '', NODE_ENV: 'production' }, /ready/)
  }

const createFoyerRequests = ({ paths }: Case, { headers }: Pick<Variant, 'headers'>): Request[] =>
  paths.map((path) => ({ method: 'GET', path, headers: { 'x-api-key': apiKey, ...headers } }))

const createFoyerContenders = (benchCase: Case): Contender[] =>
  benchCase.variants.map((variant) => ({
    system: 'foyer',
    title: `Foyer, ${variant.name}`,
    start: startFoyer,
    requests: createFoyerRequests(benchCase, variant),
    bytes: variant.bytes,
    isConditional: variant.isConditional ?? false,
    target: variant.target,
    maxAllocatedKb: variant.maxAllocatedKb,
    warmUp: benchCase.warmUp,
  }))

const createOther = (
  system: System,
  title: string,
  start: Start,
  benchCase: Case,
  requests = benchCase.upstream,
): Contender => ({
  ...{ system, title, start, requests, warmUp: benchCase.warmUp },
  ...{ bytes: 'fresh', isConditional: false, target: null, maxAllocatedKb: null },
})

export const createContenders = (benchCase: Case, selectedSystems: readonly System[]): Contender[] =>
  [
    ...createFoyerContenders(benchCase),
    createOther('proxy', '@fastify/http-proxy, forwards unchanged', createScriptStart('pass-through'), benchCase),
    createOther(
      'express',
      'Express and axios, converts',
      createScriptStart('express'),
      benchCase,
      createFoyerRequests(benchCase, {}),
    ),
    ...(readNginxVersion().length > 0
      ? [createOther('nginx', 'nginx, forwards unchanged', startNginx, benchCase)]
      : []),
    ...(benchCase.name === 'property'
      ? [
          createOther(
            'constant',
            'Fastify alone, constant response',
            createScriptStart('constant'),
            benchCase,
            createFoyerRequests(benchCase, {}),
          ),
        ]
      : []),
  ].filter(({ system }) => selectedSystems.includes(system))
