const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }
const timeZone = 'America/New_York'

/** The calendar day of a moment in a time zone, as YYYY-MM-DD. */
const dayOf = (moment: Date): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)

interface Lead {
  id: string
  fullName: string | null
  createdAt: string | null
}

const query = new URLSearchParams({ brokerageId: 'b1001', from: dayOf(new Date()), timeZone })
const reply = await fetch(`${api}/leads?${query}`, { headers })
if (!reply.ok) throw new Error(await reply.text())
const { data, pagination } = (await reply.json()) as { data: Lead[]; pagination: { total: number } }

const clock = new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'short' })
console.log(`${pagination.total} visitors today`)
for (const { fullName, createdAt } of data) {
  console.log(createdAt ? clock.format(new Date(createdAt)) : 'unknown', fullName ?? '(no name given)')
}
export {}
