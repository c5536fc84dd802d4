import type { FastifyInstance } from 'fastify'
import type { PhaseOptions } from '../phase-options.ts'
import caching from './caching/index.ts'
import preconditions from './caching/preconditions.ts'
import eventStream from './event-stream.ts'
import links from './links.ts'
import serialization from './serialization/index.ts'
import textStream from './text-stream.ts'
import unreadResponses from './unread-responses.ts'

/** Registers what turns a result or an error into an HTTP response. */
export const registerResponse = async (app: FastifyInstance, options: PhaseOptions): Promise<void> => {
  const { config, timeouts } = options
  const { unreadMs } = timeouts
  // Writes JSON with the schemas of the route, which remove every field that they do not name.
  await app.register(serialization)
  // Sends `ETag` and `Cache-Control`, and answers 304.
  await app.register(caching)
  // Compares `If-Match` with the entity tag of the current record.
  await app.register(preconditions)
  // Disconnects clients that do not read their response.
  await app.register(unreadResponses, { unreadMs })
  // Streams exports.
  await app.register(textStream, { unreadMs })
  // Streams the live feed as server-sent events.
  await app.register(eventStream, { unreadMs })
  // Sends `Link` and `Location`.
  await app.register(links, { publicUrl: config.publicUrl })
}
