/** Finds the changes between two OpenAPI documents that break clients of the first. */
import { follow } from './references.ts'
import { findNarrowings, findWidenings } from './schemas.ts'
import type { Change, Json } from './types.ts'

type Operation = Json & { parameters?: Json[]; responses?: Record<string, Json>; requestBody?: Json }

const verbs = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']

const getContent = (container: Json | undefined): Record<string, Json> =>
  (container?.content ?? {}) as Record<string, Json>

const getSchema = (media: Json | undefined): Json => (media?.schema ?? {}) as Json

export const findBreakingChanges = (before: Json, after: Json): Change[] => {
  const sides = { before, after }

  const compareParameters = (at: string, was: Operation, is: Operation): Change[] => {
    const toKey = ({ name, in: location }: Json) => `${location} parameter ${name}`
    const [old, now] = [was, is].map(
      ({ parameters: list = [] }, index) =>
        new Map(list.map((each) => follow(index === 0 ? before : after, each)).map((each) => [toKey(each), each])),
    ) as [Map<string, Json>, Map<string, Json>]
    const removed = [...old.keys()].filter((key) => !now.has(key)).map((key) => ({ at, what: `${key} was removed` }))
    const newlyRequired = [...now]
      .filter(([key, { required }]) => required === true && old.get(key)?.required !== true)
      .map(([key]) => ({ at, what: `${key} is required` }))
    const narrowed = [...old].flatMap(([key, parameter]) => {
      const other = now.get(key)
      return other ? findNarrowings(sides, getSchema(parameter), getSchema(other), `${at} ${key}`) : []
    })
    return [...removed, ...newlyRequired, ...narrowed]
  }

  const compareBody = (at: string, was: Operation, is: Operation): Change[] => {
    const [old, now] = [was.requestBody, is.requestBody]
    const isNewlyRequired = now?.required === true && old?.required !== true ? [{ at, what: 'a body is required' }] : []
    const media = Object.entries(getContent(old)).flatMap(([type, oldMedia]) => {
      const other = getContent(now)[type]
      if (!other) return [{ at, what: `the body type ${type} is no longer accepted` }]
      return findNarrowings(sides, getSchema(oldMedia), getSchema(other), `${at} body`)
    })
    return [...isNewlyRequired, ...media]
  }

  const compareReply = (at: string, was: Json, is: Json): Change[] => {
    const headers = Object.keys((was.headers ?? {}) as Json)
      .filter((name) => !((is.headers ?? {}) as Json)[name])
      .map((name) => ({ at, what: `header ${name} was removed` }))
    const media = Object.entries(getContent(was)).flatMap(([type, oldMedia]) => {
      const other = getContent(is)[type]
      if (!other) return [{ at, what: `${type} was removed` }]
      return findWidenings(sides, getSchema(oldMedia), getSchema(other), at)
    })
    return [...headers, ...media]
  }

  const compareReplies = (at: string, was: Operation, is: Operation): Change[] =>
    Object.entries(was.responses ?? {}).flatMap(([status, oldReply]) => {
      const other = is.responses?.[status]
      // The absence of a problem response breaks no client.
      if (!other) return Number(status) < 400 ? [{ at, what: `${status} was removed` }] : []
      return compareReply(`${at} ${status}`, follow(before, oldReply), follow(after, other))
    })

  const compareOperation = (at: string, was: Operation, is: Operation | undefined): Change[] => {
    if (!is) return [{ at, what: 'the operation was removed' }]
    const renamed =
      was.operationId === is.operationId
        ? []
        : [{ at, what: `operationId changed from ${was.operationId} to ${is.operationId}` }]
    const scoped =
      JSON.stringify(was.security) === JSON.stringify(is.security) ? [] : [{ at, what: 'security differs' }]
    return [
      ...renamed,
      ...scoped,
      ...compareParameters(at, was, is),
      ...compareBody(at, was, is),
      ...compareReplies(at, was, is),
    ]
  }

  const getPaths = (document: Json) => (document.paths ?? {}) as Record<string, Record<string, Operation>>
  return Object.entries(getPaths(before)).flatMap(([path, item]) =>
    verbs.flatMap((verb) => {
      const was = item[verb]
      return was ? compareOperation(`${verb.toUpperCase()} ${path}`, was, getPaths(after)[path]?.[verb]) : []
    }),
  )
}
