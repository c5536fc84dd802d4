/** Formats the message that the demo prints after its start. */
import { demoKeys } from './keys.ts'

export interface Addresses {
  /** Base URL of the gateway. */
  readonly url: string
  readonly spacio: string
  readonly liondesk: string
  readonly board: string
}

interface DemoInfo extends Addresses {
  /** A JWT with the access of the first key. */
  readonly token: string
  /** Process id of the demo, which stops all of its processes when it receives a signal. */
  readonly pid: number
  readonly gatewayPid: number
}

export const formatJson = (started: DemoInfo) => ({ ...started, docs: `${started.url}/docs`, keys: demoKeys })

export const formatText = ({ url, spacio, liondesk, board, token, pid, gatewayPid }: DemoInfo): string => `
Foyer is at ${url}. Its upstreams are simulated: Spacio at ${spacio}, LionDesk at ${liondesk}.

  Three API keys, which work only with the simulated data:
    ${demoKeys.brokerage}  all data of brokerage b1001
    ${demoKeys.otherBrokerage}  properties, leads and agents of brokerage b1002
    ${demoKeys.agent}  properties and leads of agent1@example.com

  Try the API in a browser:  ${url}/docs  (the first key is filled in)

  A bearer token with the access of the first key (until the demo stops, at most 7 days):
    Authorization: Bearer ${token}

  The latest visitors of a brokerage:
    curl '${url}/leads?brokerageId=b1001&limit=2' -H 'X-API-Key: ${demoKeys.brokerage}'

  A property:
    curl '${url}/properties/10101' -H 'X-API-Key: ${demoKeys.agent}'

  Attach that property to a CRM event:
    curl '${url}/events/9/properties?connection=default' -H 'X-API-Key: ${demoKeys.brokerage}' -H 'content-type: application/json' -d '{"fromSid": 10101, "mlsStatus": "For Sale"}'

  A property of another agent, with the key of agent1@example.com (404, as if it did not exist):
    curl '${url}/properties/10102' -H 'X-API-Key: ${demoKeys.agent}'

  A live page that uses only the API:  ${board}
  Simulate a visitor who signs in, and watch the page:
    curl '${spacio}/__leads' -d '{"sid": 10101, "name": "Jo Visitor"}'

Stop the demo with Ctrl-C or with: kill ${pid}
Reload the clients of the gateway with: kill -HUP ${gatewayPid}
`
