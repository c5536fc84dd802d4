import { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

const linePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const labelPattern = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** The samples of Prometheus' text format. */
export const parseSamples = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))
    .map((each) => {
      const [, name = '', labels = '', value] = linePattern.exec(each) ?? []
      if (name === '') throw new Error(`not a sample: ${each}`)
      const pairs = [...labels.matchAll(labelPattern)].map(([, key, text]) => [key, text])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })

export interface ParsedMetrics {
  text: string
  samples: Sample[]
  /** The sum of all series of a metric with these labels. */
  value(name: string, labels?: Record<string, string>): number
}

export const parseMetrics = (text: string): ParsedMetrics => {
  const samples = parseSamples(text)
  return {
    text,
    samples,
    value: (name, labels = {}) =>
      samples
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0),
  }
}

/** The metrics and traces of a gateway without authentication. */
export const scrape = async (app: FastifyInstance, headers: Record<string, string> = {}): Promise<ParsedMetrics> =>
  parseMetrics((await app.inject({ url: '/metrics', headers })).body)

/** A log with level `trace` that stores its lines. */
export const createLogbook = () => {
  let lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return {
    logger: { ...createLoggerOptions('trace'), stream },
    text: () => lines.join(''),
    requests: (): Record<string, any>[] =>
      lines.map((each) => JSON.parse(each)).filter(({ msg }: { msg: string }) => msg === 'request'),
    clear: (): void => {
      lines = []
    },
  }
}
