import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export interface StreamEvent {
  event: string
  id: string | null
  data: any
}

/** A minimal reader of `text/event-stream`. */
export interface EventReader {
  status: number
  headers: IncomingHttpHeaders
  /** The events with data. */
  events: StreamEvent[]
  leadIds(): string[]
  comments(): string[]
  /** The id from which it would resume. Ids of events without data count too. */
  lastId(): string
  retry(): number | null
  /** The received text. */
  text(): string
  /** Resolves when the stream ends, for any reason. */
  ended: Promise<void>
  disconnect(): void
}

export const openEventReader = (url: string, headers: Record<string, string> = {}): Promise<EventReader> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } }, (response) =>
      resolve(createEventReader(sent, response)),
    )
    sent.on('error', reject)
    sent.end()
  })

const createEventReader = (sent: ClientRequest, response: IncomingMessage): EventReader => {
  const events: StreamEvent[] = []
  const comments: string[] = []
  let [text, rest, lastId] = ['', '', '']
  let retry: number | null = null

  const take = (block: string): void => {
    const event: StreamEvent = { event: 'message', id: null, data: undefined }
    for (const line of block.split('\n')) {
      const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) ?? []
      if (name === '') comments.push(value as string)
      else if (name === 'id') {
        event.id = value as string
        lastId = event.id
      } else if (name === 'retry') retry = Number(value)
      else if (name === 'event') event.event = value as string
      else if (name === 'data') event.data = JSON.parse(value as string)
    }
    if (event.data !== undefined) events.push(event)
  }

  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() as string
    blocks.forEach(take)
  })
  const ended = new Promise<void>((resolve) => {
    response.on('close', resolve).on('error', () => {})
    sent.on('error', () => {})
  })
  return {
    status: response.statusCode as number,
    headers: response.headers,
    events,
    leadIds: () => events.flatMap(({ event, data }) => (event === 'lead' ? [data.id as string] : [])),
    comments: () => comments,
    lastId: () => lastId,
    retry: () => retry,
    text: () => text,
    ended,
    disconnect: () => sent.destroy(),
  }
}
