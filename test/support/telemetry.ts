import { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { loggerOptions } from '#src/plugins/observe/request-log.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** The samples of Prometheus' text format. */
export const samplesIn = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))
    .map((each) => {
      const [, name = '', labels = '', value] = line.exec(each) ?? []
      if (name === '') throw new Error(`not a sample: ${each}`)
      const pairs = [...labels.matchAll(label)].map(([, key, text]) => [key, text])
      return { name, labels: Object.fromEntries(pairs), value: Number(value) }
    })

export interface Metrics {
  text: string
  samples: Sample[]
  /** The sum of all series of a name that carry these labels. */
  value(name: string, labels?: Record<string, string>): number
}

export const metricsIn = (text: string): Metrics => {
  const samples = samplesIn(text)
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

/** What a gateway where nobody is checked shows of itself. */
export const scrape = async (app: FastifyInstance, headers: Record<string, string> = {}): Promise<Metrics> =>
  metricsIn((await app.inject({ url: '/metrics', headers })).body)

/** A log at `trace` that remembers its lines. */
export const createLogbook = () => {
  let lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return {
    logger: { ...loggerOptions('trace'), stream },
    text: () => lines.join(''),
    requests: (): Record<string, any>[] =>
      lines.map((each) => JSON.parse(each)).filter(({ msg }: { msg: string }) => msg === 'request'),
    clear: (): void => {
      lines = []
    },
  }
}
