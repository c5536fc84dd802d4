import type { Description } from './types.ts'

export const faultKinds = [
  'latency',
  'reset',
  'reset-after-headers',
  'truncate',
  'cut',
  'html',
  'status',
  'unauthorized',
  'rate-reached',
  'slow-drip',
  'oversized',
  'gzip-bomb',
  'redirect',
  'error',
  'body',
  'hang',
] as const

export type FaultKind = (typeof faultKinds)[number]

export interface FaultInput {
  /** The name of an operation, or `*` for all. */
  operation: string
  kind: FaultKind
  /** How many requests it affects; without it, all. */
  times?: number
  /** How many matching requests pass unaffected first. */
  after?: number
  /** Whether the handler runs before the reply is modified. Default: true, but false for error kinds. */
  applied?: boolean
  /** Milliseconds of delay before the reply. Allowed with any kind. */
  ms?: number
  bytes?: number
  /** The offset at which the body is cut, from 0 to 1. */
  fraction?: number
  status?: number
  body?: unknown
  contentType?: string
  headers?: Record<string, string>
  bytesPerSecond?: number
  location?: string
  code?: string | number
  /** Seconds until the reset that `rate-reached` of Spacio announces; without it, the next full hour. */
  resetsIn?: number
}

export interface Fault extends FaultInput {
  id: number
  applied: boolean
  /** How many requests it has affected. */
  appliedCount: number
}

const errorFaultKinds: readonly FaultKind[] = ['unauthorized', 'rate-reached', 'error']

const isSeconds = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= 3600

function assertFault(input: FaultInput, operations: readonly string[]): void {
  if (typeof input?.operation !== 'string') throw new TypeError('A fault needs an operation')
  if (!operations.includes(input.operation))
    throw new TypeError(`There is no operation ${input.operation}. Use one of these: ${operations.join(', ')}`)
  if (!faultKinds.includes(input.kind)) throw new TypeError(`A fault is one of ${faultKinds.join(', ')}`)
  if (input.kind === 'redirect' && input.location === undefined) throw new TypeError('A redirect needs a location')
  if (input.kind === 'error' && input.code === undefined) throw new TypeError('An error needs a code')
  if (input.resetsIn !== undefined && !isSeconds(input.resetsIn))
    throw new TypeError('resetsIn must be a number of seconds, up to 3600')
}

/** `add` rejects unknown operations, because their faults would never apply. */
export function createFaults(operations: readonly string[]) {
  const names = ['*', ...operations]
  let faults: Fault[] = []
  let lastId = 0

  const add = (input: FaultInput): Fault => {
    assertFault(input, names)
    lastId++
    const fault: Fault = {
      ...input,
      id: lastId,
      applied: input.applied ?? !errorFaultKinds.includes(input.kind),
      appliedCount: 0,
    }
    faults.push(fault)
    return fault
  }

  const matchesFault = (fault: Fault, names: readonly string[]): boolean => {
    if (!names.includes(fault.operation)) return false
    if (fault.times !== undefined && fault.appliedCount >= fault.times) return false
    if (fault.after !== undefined && fault.after > 0) {
      fault.after--
      return false
    }
    fault.appliedCount++
    return true
  }

  /** Returns the first matching fault. Each request is affected by at most one. */
  const take = ({ operation, aliases = [] }: Description): Fault | undefined => {
    const names = ['*', operation, ...aliases]
    return faults.find((fault) => matchesFault(fault, names))
  }

  return {
    add,
    take,
    list: (): Fault[] => faults.map((fault) => ({ ...fault })),
    clear: (): void => {
      faults = []
    },
  }
}

export type Faults = ReturnType<typeof createFaults>
