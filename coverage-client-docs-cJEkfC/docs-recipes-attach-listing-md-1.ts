const api = 'http://127.0.0.1:38919'
const key = 'fk_demo_brokerage_b1001_0000000000000000000000'

interface EventProperty {
  id: string | null
  listPrice: number | null
}

/** Repeats the request until there is a response. The idempotency key prevents a second record. */
const attach = async (eventId: string, body: object, idempotencyKey: string): Promise<EventProperty> => {
  const headers = { 'X-API-Key': key, 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey }
  for (let attempt = 1; ; attempt += 1) {
    const reply = await fetch(`${api}/events/${eventId}/properties`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    }).catch(() => null)
    if (reply?.ok) return (await reply.json()) as EventProperty
    const problem = reply && ((await reply.json()) as { code: string; detail: string; retryAfter?: number })
    // A conflict: the previous attempt is still in progress.
    const mayPass = !reply || reply.status >= 500 || reply.status === 429 || problem?.code === 'conflict'
    if (!mayPass || attempt === 5) throw new Error(JSON.stringify(problem))
    const seconds = problem?.retryAfter ?? 2 ** attempt
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }
}

const attached = await attach('9', { fromSid: 10101, mlsStatus: 'For Sale' }, crypto.randomUUID())
console.log(`attached as ${attached.id} at ${attached.listPrice}`)
export {}
