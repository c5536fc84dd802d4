const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }

const count = async (filter: Record<string, string>): Promise<number> => {
  const query = new URLSearchParams({ brokerageId: 'b1001', limit: '1', ...filter })
  const reply = await fetch(`${api}/leads?${query}`, { headers })
  if (!reply.ok) throw new Error(await reply.text())
  const { pagination } = (await reply.json()) as { pagination: { total: number } }
  return pagination.total
}

const without = await count({ hasAgent: 'false' })
const unknown = await count({ hasAgent: 'null' })
const all = await count({})
console.log(`${without} of ${all} visitors have no agent; for ${unknown} it is unknown`)
export {}
