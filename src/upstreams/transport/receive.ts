import type { Dispatcher } from 'undici'
import { createChunks } from '#src/lib/chunks.ts'
import {
  createAttemptTimeoutError,
  createBodyTooLongError,
  createBufferLimitError,
  createNotSentError,
  createTooManyCodingsError,
} from './errors.ts'
import type { CallDispatcher } from './undici.ts'

export interface EncodedReply {
  readonly status: number
  readonly retryAfter: string | null
  /** As it came. */
  readonly body: Buffer
  /** What it is packed with, in lower case and in the order in which that was done. */
  readonly encodings: readonly string[]
}

export interface ReceiveLimits {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxBytes: number
  /** Takes bytes of the whole process; false: there are none left. */
  readonly reserve: (bytes: number) => boolean
}

export type SendOptions = Pick<Dispatcher.DispatchOptions, 'path' | 'method' | 'headers' | 'body'>
export type ReplyHeaders = Record<string, string | string[] | undefined>

/** Sends once and takes the whole reply. What ends it early names how far it got: before anything was sent, or after. */
export const receive = (
  dispatcher: CallDispatcher,
  options: SendOptions,
  { signal, timeoutMs, maxBytes, reserve }: ReceiveLimits,
): Promise<EncodedReply> =>
  new Promise((resolve, reject) => {
    const chunks = createChunks()
    let size = 0
    let head: { status: number; headers: ReplyHeaders } | null = null
    let controller: Dispatcher.DispatchController | null = null
    let abortReason: Error | null = null

    const cleanUp = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }

    /** What has not begun is not sent: whoever gives it a connection later is told so. */
    const abort = (reason: Error): void => {
      cleanUp()
      abortReason = controller ? reason : createNotSentError(reason)
      reject(abortReason)
      controller?.abort(abortReason)
    }

    const onAbort = () => abort(signal.reason as Error)
    const timer = setTimeout(() => abort(createAttemptTimeoutError()), timeoutMs)
    signal.addEventListener('abort', onAbort)

    dispatcher.dispatch(options, {
      onRequestStart: (newController) => {
        if (abortReason) newController.abort(abortReason)
        else controller = newController
      },
      onResponseStart: (_controller, status, headers) => {
        if (status < 200) return
        head = { status, headers }
        const codings = readEncodings(headers).length
        if (codings > maxCodings) abort(createTooManyCodingsError(codings))
      },
      onResponseData: (_controller, chunk) => {
        size += chunk.length
        if (size > maxBytes) abort(createBodyTooLongError(maxBytes, head?.status))
        else if (!reserve(chunk.length)) abort(createBufferLimitError())
        else chunks.add(chunk)
      },
      onResponseEnd: () => {
        cleanUp()
        const { status, headers } = head as NonNullable<typeof head>
        const encodings = readEncodings(headers)
        resolve({ status, retryAfter: getFirstValue(headers['retry-after']), body: chunks.take(), encodings })
      },
      onResponseError: (_controller, error) => {
        cleanUp()
        reject(error)
      },
    })
  })

export const getFirstValue = (header: string | string[] | undefined): string | null =>
  (Array.isArray(header) ? header[0] : header) ?? null

export const readEncodings = ({ 'content-encoding': encoding }: ReplyHeaders): readonly string[] =>
  encoding === undefined
    ? noEncodings
    : [encoding]
        .flat()
        .join(',')
        .toLowerCase()
        .split(',')
        .map((coding) => coding.trim())

const noEncodings: readonly string[] = []

/** As in undici: no server needs more than one or two, and each costs memory and time. */
export const maxCodings = 5
