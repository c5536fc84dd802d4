/** What a client of one OpenAPI document would miss in a later one. */
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
    const toKey = ({ name, in: place }: Json) => `${place} parameter ${name}`
    const [old, now] = [was, is].map(
      ({ parameters: list = [] }, index) =>
        new Map(list.map((each) => follow(index === 0 ? before : after, each)).map((each) => [toKey(each), each])),
    ) as [Map<string, Json>, Map<string, Json>]
    const removed = [...old.keys()].filter((key) => !now.has(key)).map((key) => ({ at, what: `${key} is gone` }))
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
    const media = Object.entries(getContent(old)).flatMap(([type, held]) => {
      const other = getContent(now)[type]
      if (!other) return [{ at, what: `a body of ${type} is not taken` }]
      return findNarrowings(sides, getSchema(held), getSchema(other), `${at} body`)
    })
    return [...isNewlyRequired, ...media]
  }

  const compareReply = (at: string, was: Json, is: Json): Change[] => {
    const headers = Object.keys((was.headers ?? {}) as Json)
      .filter((name) => !((is.headers ?? {}) as Json)[name])
      .map((name) => ({ at, what: `header ${name} is gone` }))
    const media = Object.entries(getContent(was)).flatMap(([type, held]) => {
      const other = getContent(is)[type]
      if (!other) return [{ at, what: `${type} is gone` }]
      return findWidenings(sides, getSchema(held), getSchema(other), at)
    })
    return [...headers, ...media]
  }

  const compareReplies = (at: string, was: Operation, is: Operation): Change[] =>
    Object.entries(was.responses ?? {}).flatMap(([status, held]) => {
      const other = is.responses?.[status]
      // A problem that occurs no more breaks nobody.
      if (!other) return Number(status) < 400 ? [{ at, what: `${status} is gone` }] : []
      return compareReply(`${at} ${status}`, follow(before, held), follow(after, other))
    })

  const compareOperation = (at: string, was: Operation, is: Operation | undefined): Change[] => {
    if (!is) return [{ at, what: 'the operation is gone' }]
    const renamed =
      was.operationId === is.operationId ? [] : [{ at, what: `operationId ${was.operationId} is ${is.operationId}` }]
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
