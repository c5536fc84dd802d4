/** Who is measured: each a process of its own, with the requests that it understands. */
import type { ChildProcess } from 'node:child_process'
import { launch } from '../../processes.ts'
import type { Case, Request, Variant } from '../cases.ts'
import { apiKey, startFoyer } from './foyer.ts'
import { nginxVersion, startNginx } from './nginx.ts'

export interface StartOptions {
  readonly port: number
  readonly upstream: number
  /** For whatever it writes. */
  readonly folder: string
  /** Stands before the command: pins it to a core. */
  readonly prefix: readonly string[]
  readonly nodeFlags?: readonly string[]
  /** Of the gateway: what is started, from the project's root on. */
  readonly script?: string
  /** Of the gateway, beside what is usual. */
  readonly environment?: Record<string, string>
}

export type Start = (options: StartOptions) => Promise<ChildProcess>

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
  /** Answers until it is warm. */
  readonly warmUp: number
}

const script =
  (name: string): Start =>
  ({ port, upstream, prefix }) => {
    const path = `${import.meta.dirname}/${name}.ts`
    const command = [...prefix, process.execPath, path, `${port}`, `${upstream}`]
    return launch(command, { PATH: process.env.PATH ?? '', NODE_ENV: 'production' }, /ready/)
  }

const foyerRequests = ({ paths }: Case, { headers }: Pick<Variant, 'headers'>): Request[] =>
  paths.map((path) => ({ method: 'GET', path, headers: { 'x-api-key': apiKey, ...headers } }))

const foyerContenders = (asked: Case): Contender[] =>
  asked.variants.map((variant) => ({
    system: 'foyer',
    title: `Foyer, ${variant.name}`,
    start: startFoyer,
    requests: foyerRequests(asked, variant),
    bytes: variant.bytes,
    isConditional: variant.isConditional ?? false,
    target: variant.target,
    warmUp: asked.warmUp,
  }))

const other = (system: System, title: string, start: Start, asked: Case, requests = asked.upstream): Contender => ({
  ...{ system, title, start, requests, warmUp: asked.warmUp },
  ...{ bytes: 'fresh', isConditional: false, target: null },
})

export const contendersOf = (asked: Case, wanted: readonly System[]): Contender[] =>
  [
    ...foyerContenders(asked),
    other('proxy', '@fastify/http-proxy, rewriting nothing', script('pass-through'), asked),
    other('express', 'Express and axios, rewriting', script('express'), asked, foyerRequests(asked, {})),
    ...(nginxVersion().length > 0 ? [other('nginx', 'nginx, rewriting nothing', startNginx, asked)] : []),
    ...(asked.name === 'property'
      ? [other('constant', 'Fastify alone, a constant', script('constant'), asked, foyerRequests(asked, {}))]
      : []),
  ].filter(({ system }) => wanted.includes(system))
