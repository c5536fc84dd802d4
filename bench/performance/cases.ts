/** The requests to the gateway, and the equivalent upstream requests for pass-through contenders. */
import { day } from './stub/records.ts'

export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A way to call the gateway. `bytes`: whether the upstream repeats its bytes for equal requests. */
export interface Variant {
  readonly name: string
  readonly bytes: 'fresh' | 'unchanged'
  readonly headers?: Record<string, string>
  /** Each request sends the entity tag of the previous response. */
  readonly isConditional?: boolean
  /** The maximum CPU relative to a pass-through; null for no target. */
  readonly target: number | null
  /** The maximum number of KB that one response allocates in the JavaScript heap. */
  readonly maxAllocatedKb: number
}

export interface Case {
  readonly name: string
  readonly title: string
  /** Requested in turn. */
  readonly paths: readonly string[]
  readonly upstream: readonly Request[]
  /** The number of warm-up responses. */
  readonly warmUp: number
  /** True if each response has at least 100 records. */
  readonly isList?: boolean
  readonly variants: readonly Variant[]
}

const boundary = 'foyer-bench-0123456789abcdef'

const createForm = (path: string, fields: Record<string, string>): Request => {
  const part = ([name, value]: [string, string]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  return {
    method: 'POST',
    path,
    headers: { apikey: 'key', 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${Object.entries(fields).map(part).join('')}--${boundary}--\r\n`,
  }
}

const createList = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index))

/** Bypasses the cache. */
const noCacheHeaders = { 'cache-control': 'no-cache' }

const days = { startDate: day, endDate: day }

const sids = createList(50, (index) => String(10_101 + index))
const brokerages = ['b1', 'b2', 'b3', 'b4']
const leadSids = sids.slice(0, 4)
const events = createList(20, (index) => String(index + 1))

interface Limits {
  readonly target: number
  /** For fresh and for unchanged bytes. */
  readonly allocatedKb: readonly [number, number]
}

const createVariants = ({ target, allocatedKb }: Limits, headers?: Record<string, string>): Variant[] => [
  { name: 'fresh bytes', bytes: 'fresh', target, maxAllocatedKb: allocatedKb[0], ...(headers && { headers }) },
  { name: 'unchanged bytes', bytes: 'unchanged', target, maxAllocatedKb: allocatedKb[1], ...(headers && { headers }) },
]

export const cases: readonly Case[] = [
  {
    name: 'property',
    warmUp: 15_000,
    title: 'one property',
    paths: sids.map((sid) => `/properties/${sid}`),
    upstream: sids.map((sid) => createForm('/api/v1/getProperty', { sid })),
    variants: [
      ...createVariants({ target: 1.2, allocatedKb: [71, 71] }, noCacheHeaders),
      { name: 'cached', bytes: 'unchanged', target: 0.55, maxAllocatedKb: 34 },
      { name: 'cached, 304', bytes: 'unchanged', isConditional: true, target: 0.5, maxAllocatedKb: 35 },
    ],
  },
  {
    name: 'leads',
    warmUp: 3_000,
    title: 'a page of 100 leads',
    isList: true,
    paths: brokerages.map((bid) => `/leads?brokerageId=${bid}&from=${days.startDate}&to=${days.endDate}&limit=100`),
    upstream: brokerages.map((bid) => createForm('/api/v2/getRegistrantsByBrokerage', { bid, ...days, page: '1' })),
    variants: createVariants({ target: 2.2, allocatedKb: [243, 160] }),
  },
  {
    name: 'keyed',
    warmUp: 1_500,
    title: '200 leads of a property',
    isList: true,
    paths: leadSids.map((sid) => `/leads?sid=${sid}&limit=200`),
    upstream: leadSids.map((sid) => createForm('/api/v1/getRegistrants', { sid, atoken: 'ZtKH5J76DN5DyQ3R' })),
    variants: createVariants({ target: 4, allocatedKb: [393, 175] }),
  },
  {
    name: 'events',
    warmUp: 10_000,
    title: '10 properties of an event',
    paths: events.map((id) => `/events/${id}/properties?limit=10`),
    upstream: events.map((id) => ({
      method: 'GET',
      path: `/events/${id}/properties?%24limit=10&%24skip=0`,
      headers: { authorization: 'Bearer token' },
    })),
    variants: createVariants({ target: 2, allocatedKb: [169, 92] }),
  },
]
