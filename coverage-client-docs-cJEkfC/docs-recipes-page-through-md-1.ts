const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }

/** All elements of a list, page by page. */
async function* allOf<Element>(path: string): AsyncGenerator<Element> {
  let next: string | undefined = api + path
  while (next) {
    const reply: Response = await fetch(next, { headers })
    if (!reply.ok) throw new Error(await reply.text())
    const { data } = (await reply.json()) as { data: Element[] }
    yield* data
    const [, link] = /<([^>]*)>; rel="next"/.exec(reply.headers.get('Link') ?? '') ?? []
    next = link && new URL(link, reply.url).href
  }
}

const ids = new Set<string>()
for await (const { id } of allOf<{ id: string }>('/leads?brokerageId=b1001&hasAgent=false&limit=200')) ids.add(id)
console.log(`${ids.size} leads`)
export {}
