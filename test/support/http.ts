import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'

export { FormData } from 'undici'

// Connections close after each reply, so that a test file leaves no socket open.
const dispatcher = new Agent({ pipelining: 0 })

/** `request` of undici, without its global dispatcher. */
export const request: typeof undiciRequest = (url, options) => undiciRequest(url, { dispatcher, ...options })

/** `fetch` of undici, without its global dispatcher. */
export const fetch: typeof undiciFetch = (input, init) => undiciFetch(input, { dispatcher, ...init })
