const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }

/** The lines of a response. Throws if the response is truncated. */
async function* linesOf(reply: Response): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of reply.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

const to = new Date()
const from = new Date(to.getTime() - 30 * 24 * 3600 * 1000)
const query = new URLSearchParams({
  brokerageId: 'b1001',
  from: from.toISOString().slice(0, 10),
  to: to.toISOString().slice(0, 10),
  format: 'ndjson',
})
const reply = await fetch(`${api}/leads/export?${query}`, { headers })
if (!reply.ok) throw new Error(await reply.text())

const visitors = new Map<string, number>()
for await (const line of linesOf(reply)) {
  const { agentEmail } = JSON.parse(line) as { agentEmail: string | null }
  visitors.set(agentEmail ?? 'unknown', (visitors.get(agentEmail ?? 'unknown') ?? 0) + 1)
}
console.table(Object.fromEntries(visitors))
export {}
