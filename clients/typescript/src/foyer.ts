import { type Client, createClient, createConfig } from './generated/client/index.ts'
import { toError } from './problem.ts'

export type { Client }

/** The credentials: an API key for servers, or a token for the user of a page. Send one, never both. */
export type Credentials =
  | { apiKey: string; token?: never }
  /** A JWT, or a function that returns one. It is called before each request. */
  | { token: string | (() => string | Promise<string>); apiKey?: never }

export type FoyerOptions = Credentials & {
  /** The URL of the gateway. */
  baseUrl: string
  fetch?: typeof fetch
}

/** Creates the `client` of every operation. Operations return the body of the response, and throw a `FoyerProblem`. */
export const createFoyer = ({ baseUrl, apiKey, token, fetch }: FoyerOptions): Client => {
  const tokenNow = typeof token === 'function' ? token : () => token
  const client = createClient(
    createConfig({
      baseUrl: baseUrl.replace(/\/+$/, ''),
      auth: ({ type }) => (type === 'apiKey' ? apiKey : tokenNow()),
      throwOnError: true,
      ...(fetch && { fetch }),
    }),
  )
  client.interceptors.error.use(toError)
  return client
}
