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
  /** The undecoded body. */
  readonly body: Buffer
  /** The content codings in lower case, in the order in which they were applied. */
  readonly encodings: readonly string[]
}

interface ReceiveLimits {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxBytes: number
  /** Reserves bytes of the process's budget. Returns false if it is exceeded. */
  readonly reserve: (bytes: number) => boolean
}

export type SendOptions = Pick<Dispatcher.DispatchOptions, 'path' | 'method' | 'headers' | 'body'>
type ReplyHeaders = Record<string, string | string[] | undefined>

/** Sends once and buffers the reply. Errors distinguish requests that were not sent from those that may have been. */
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

    /** If no connection is assigned yet, the request is not sent; a later assignment aborts it. */
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

/** undici's limit: servers use one or two codings, and each costs memory and time. */
export const maxCodings = 5
