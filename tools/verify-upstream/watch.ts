/** Looks on while the gateway's clients send, and lets nothing pass that could change anything. */
import { type Body, readBody } from '#src/upstreams/spacio/parse-body.ts'
import type { Send, System, UpstreamReply, UpstreamRequest } from '#src/upstreams/transport/types.ts'

/** A reply as it came; it stays in memory, and is never shown. */
export interface Seen {
  readonly system: System
  readonly path: string
  readonly form: Readonly<Record<string, string>>
  readonly status: number
  readonly body: Body
  /** It is JSON as it stands, without the reader's repair. */
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

const seenOf = ({ system, path, form = {} }: Pick<Seen, 'system' | 'path'> & { form?: Seen['form'] }) => {
  return ({ status, body }: UpstreamReply): Seen => ({
    system,
    path: path.replace(/\?.*/, ''),
    form,
    status,
    body: readBody(body),
    isStrict: isStrict(body),
  })
}

/** All methods of Spacio read, though they are POSTs. */
const refuseWrites = ({ system, method, writes }: UpstreamRequest): void => {
  if (writes || (system === 'liondesk' && method !== 'GET')) throw new TypeError('nothing is written here')
}

export const watch = (send: Send) => {
  const seen: Seen[] = []
  const watched: Send = async (request, signal) => {
    refuseWrites(request)
    const { system, path, form } = request
    const note = seenOf({ system, path, ...(form && { form }) })
    const read: typeof request.read = (reply, isRepeat) => {
      seen.push(note(reply))
      return request.read(reply, isRepeat)
    }
    return send({ ...request, read }, signal)
  }
  return { send: watched, seen }
}
