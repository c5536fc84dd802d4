import { createFoyer, listenToFeed, readLeadFeed } from 'foyer-client'

const client = createFoyer({
  baseUrl: 'http://127.0.0.1:38919',
  apiKey: 'fk_demo_brokerage_b1001_0000000000000000000000',
})

let { cursor } = await readLeadFeed({ client, query: { brokerageId: 'b1001' } }) // or the cursor that you stored
console.log('listening')
for await (const live of listenToFeed({ client, query: { brokerageId: 'b1001', after: cursor } })) {
  console.log(`${live.lead.fullName ?? 'Somebody'} has just signed in at ${live.lead.sid}`)
  cursor = live.cursor // store it with the result of processing the lead
}
export {}
