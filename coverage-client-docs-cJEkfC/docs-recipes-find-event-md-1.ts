const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }

const list = async <Row>(path: string, query: Record<string, string> = {}): Promise<Row[]> => {
  const reply = await fetch(`${api}${path}?${new URLSearchParams(query)}`, { headers })
  if (!reply.ok) throw new Error(await reply.text())
  return ((await reply.json()) as { data: Row[] }).data
}

interface Contact {
  id: string
  firstName: string | null
}

interface CrmEvent {
  id: string
  createdAt: string | null
  /** Only events with the origin `api` can have properties. */
  origin: string | null
}

interface EventProperty {
  unparsedAddress: string | null
  listPrice: number | null
}

for (const contact of await list<Contact>('/contacts', { email: 'Visitor2@example.com' })) {
  const events = await list<CrmEvent>('/events', { contactId: contact.id, type: 'property_viewed' })
  for (const event of events.filter(({ origin }) => origin === 'api')) {
    const properties = await list<EventProperty>(`/events/${event.id}/properties`)
    for (const { unparsedAddress, listPrice } of properties) {
      console.log(`${contact.firstName} viewed ${unparsedAddress} for ${listPrice} (event ${event.id})`)
    }
  }
}
export {}
