/** Records the exchanges of the gateway's clients and rejects every write. */
import { parseBody, type ReplyBody } from '#src/upstreams/spacio/parse-body.ts'
import type { Send, System, UpstreamReply, UpstreamRequest } from '#src/upstreams/transport/types.ts'

/** A recorded reply. It stays in memory and is never printed. */
export interface RecordedExchange {
  readonly system: System
  readonly path: string
  readonly form: Readonly<Record<string, string>>
  readonly status: number
  readonly body: ReplyBody
  /** True if the body is valid JSON without repairs. */
  readonly isStrict: boolean
}

const isStrict = (body: Buffer): boolean => {
  try {
    JSON.parse(body.toString())
    return true
  } catch {
    return false
  }
}

const recordExchange = ({
  system,
  path,
  form = {},
}: Pick<RecordedExchange, 'system' | 'path'> & { form?: RecordedExchange['form'] }) => {
  return ({ status, body }: UpstreamReply): RecordedExchange => ({
    system,
    path: path.replace(/\?.*/, ''),
    form,
    status,
    body: parseBody(body),
    isStrict: isStrict(body),
  })
}

/** Spacio's methods are POSTs that only read. */
const rejectWrites = ({ system, method, writes }: UpstreamRequest): void => {
  if (writes || (system === 'liondesk' && method !== 'GET')) throw new TypeError('verify:upstream must not write')
}

export const createDriftMonitor = (send: Send) => {
  const exchanges: RecordedExchange[] = []
  const sendRecorded: Send = async (request, signal) => {
    rejectWrites(request)
    const { system, path, form } = request
    const note = recordExchange({ system, path, ...(form && { form }) })
    const read: typeof request.read = (reply, isRepeat) => {
      exchanges.push(note(reply))
      return request.read(reply, isRepeat)
    }
    return send({ ...request, read }, signal)
  }
  return { send: sendRecorded, seen: exchanges }
}
