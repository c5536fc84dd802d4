import type { Dispatcher } from 'undici'
import { createChunks } from '#src/lib/chunks.ts'
import { bodiesFull, bodyTooLong, notSent, tookTooLong, tooManyCodings } from './errors.ts'
import type { CallDispatcher } from './undici.ts'

export interface Received {
  readonly status: number
  readonly retryAfter: string | null
  /** As it came. */
  readonly body: Buffer
  /** What it is packed with, in lower case and in the order in which that was done. */
  readonly encodings: readonly string[]
}

export interface ReceiveLimits {
  readonly signal: AbortSignal
  readonly milliseconds: number
  readonly bytes: number
  /** Takes bytes of the whole process; false: there are none left. */
  readonly take: (bytes: number) => boolean
}

export type Options = Pick<Dispatcher.DispatchOptions, 'path' | 'method' | 'headers' | 'body'>
export type Headers = Record<string, string | string[] | undefined>

/** Sends once and takes the whole reply. What ends it early names how far it got: before anything was sent, or after. */
export const receive = (
  dispatcher: CallDispatcher,
  options: Options,
  { signal, milliseconds, bytes, take }: ReceiveLimits,
): Promise<Received> =>
  new Promise((resolve, reject) => {
    const chunks = createChunks()
    let size = 0
    let head: { status: number; headers: Headers } | null = null
    let controller: Dispatcher.DispatchController | null = null
    let given: Error | null = null

    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    }

    /** What has not begun is not sent: whoever gives it a connection later is told so. */
    const giveUp = (reason: Error): void => {
      over()
      given = controller ? reason : notSent(reason)
      reject(given)
      controller?.abort(given)
    }

    const leave = () => giveUp(signal.reason as Error)
    const timer = setTimeout(() => giveUp(tookTooLong()), milliseconds)
    signal.addEventListener('abort', leave)

    dispatcher.dispatch(options, {
      onRequestStart: (started) => {
        if (given) started.abort(given)
        else controller = started
      },
      onResponseStart: (_controller, status, headers) => {
        if (status < 200) return
        head = { status, headers }
        const codings = encodingsIn(headers).length
        if (codings > maxCodings) giveUp(tooManyCodings(codings))
      },
      onResponseData: (_controller, chunk) => {
        size += chunk.length
        if (size > bytes) giveUp(bodyTooLong(bytes, head?.status))
        else if (!take(chunk.length)) giveUp(bodiesFull())
        else chunks.add(chunk)
      },
      onResponseEnd: () => {
        over()
        const { status, headers } = head as NonNullable<typeof head>
        const encodings = encodingsIn(headers)
        resolve({ status, retryAfter: firstOf(headers['retry-after']), body: chunks.take(), encodings })
      },
      onResponseError: (_controller, error) => {
        over()
        reject(error)
      },
    })
  })

export const firstOf = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null

export const encodingsIn = ({ 'content-encoding': encoding }: Headers): readonly string[] =>
  encoding === undefined
    ? none
    : [encoding]
        .flat()
        .join(',')
        .toLowerCase()
        .split(',')
        .map((coding) => coding.trim())

const none: readonly string[] = []

/** As in undici: no server needs more than one or two, and each costs memory and time. */
export const maxCodings = 5
