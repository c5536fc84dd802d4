import { type Client, createClient, createConfig } from './generated/client/index.ts'
import { toError } from './problem.ts'

export type { Client }

/** An API key stands for a server, a token for the user of a page; the gateway takes one of them. */
export type Credentials =
  | { apiKey: string; token?: never }
  /** A JWT, or what gives one: it is asked before each request. */
  | { token: string | (() => string | Promise<string>); apiKey?: never }

export type FoyerOptions = Credentials & {
  /** Where the gateway is. */
  baseUrl: string
  fetch?: typeof fetch
}

/** What every operation takes as `client`. Operations give the body of the answer, and throw a `FoyerProblem`. */
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
