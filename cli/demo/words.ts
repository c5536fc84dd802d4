/** What the demo says once it is up. */
import { demoKeys } from './keys.ts'

export interface Addresses {
  /** The gateway's. */
  readonly url: string
  readonly spacio: string
  readonly liondesk: string
  readonly board: string
}

export interface Started extends Addresses {
  /** That of the demo: a signal that ends it ends all of its processes. */
  readonly pid: number
  readonly gatewayPid: number
}

export const asJsonOf = (started: Started) => ({ ...started, docs: `${started.url}/docs`, keys: demoKeys })

export const asText = ({ url, spacio, liondesk, board, pid, gatewayPid }: Started): string => `
Foyer is at ${url}. Its upstreams are simulated: Spacio at ${spacio}, LionDesk at ${liondesk}.

  Two API keys; they open nothing but the simulated data:
    ${demoKeys.brokerage}  everything of brokerage b1001
    ${demoKeys.agent}  properties and leads of agent1@example.com

  Try the API in a browser:  ${url}/docs  (the first key is filled in)

  The latest visitors of a brokerage:
    curl '${url}/leads?brokerageId=b1001&limit=2' -H 'X-API-Key: ${demoKeys.brokerage}'

  A property, in clean words:
    curl '${url}/properties/10101' -H 'X-API-Key: ${demoKeys.agent}'

  Attach that property to a CRM event:
    curl '${url}/events/9/properties' -H 'X-API-Key: ${demoKeys.brokerage}' -H 'content-type: application/json' -d '{"fromSid": 10101, "mlsStatus": "For Sale"}'

  A property of another agent, with the key of agent1@example.com: 404, as if there were none:
    curl '${url}/properties/10102' -H 'X-API-Key: ${demoKeys.agent}'

  A page that needs nothing but the API, live:  ${board}
  Have somebody sign in, and watch it:
    curl '${spacio}/__leads' -d '{"sid": 10101, "name": "Jo Visitor"}'

Ctrl-C ends it, as does: kill ${pid}
The gateway reloads its clients with: kill -HUP ${gatewayPid}
`
