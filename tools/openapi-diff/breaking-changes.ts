/** What a client of one OpenAPI document would miss in a later one. */
import { follow } from './references.ts'
import { narrowings, widenings } from './schemas.ts'
import type { Change, Json } from './types.ts'

type Operation = Json & { parameters?: Json[]; responses?: Record<string, Json>; requestBody?: Json }

const verbs = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']

const contentOf = (held: Json | undefined): Record<string, Json> => (held?.content ?? {}) as Record<string, Json>

const schemaOf = (media: Json | undefined): Json => (media?.schema ?? {}) as Json

export const breakingChanges = (before: Json, after: Json): Change[] => {
  const sides = { before, after }

  const parameters = (at: string, was: Operation, is: Operation): Change[] => {
    const keyOf = ({ name, in: place }: Json) => `${place} parameter ${name}`
    const [old, now] = [was, is].map(
      ({ parameters: list = [] }, index) =>
        new Map(list.map((each) => follow(index === 0 ? before : after, each)).map((each) => [keyOf(each), each])),
    ) as [Map<string, Json>, Map<string, Json>]
    const gone = [...old.keys()].filter((key) => !now.has(key)).map((key) => ({ at, what: `${key} is gone` }))
    const demanded = [...now]
      .filter(([key, { required }]) => required === true && old.get(key)?.required !== true)
      .map(([key]) => ({ at, what: `${key} is required` }))
    const narrowed = [...old].flatMap(([key, parameter]) => {
      const other = now.get(key)
      return other ? narrowings(sides, schemaOf(parameter), schemaOf(other), `${at} ${key}`) : []
    })
    return [...gone, ...demanded, ...narrowed]
  }

  const body = (at: string, was: Operation, is: Operation): Change[] => {
    const [old, now] = [was.requestBody, is.requestBody]
    const demanded = now?.required === true && old?.required !== true ? [{ at, what: 'a body is required' }] : []
    const media = Object.entries(contentOf(old)).flatMap(([type, held]) => {
      const other = contentOf(now)[type]
      if (!other) return [{ at, what: `a body of ${type} is not taken` }]
      return narrowings(sides, schemaOf(held), schemaOf(other), `${at} body`)
    })
    return [...demanded, ...media]
  }

  const reply = (at: string, was: Json, is: Json): Change[] => {
    const headers = Object.keys((was.headers ?? {}) as Json)
      .filter((name) => !((is.headers ?? {}) as Json)[name])
      .map((name) => ({ at, what: `header ${name} is gone` }))
    const media = Object.entries(contentOf(was)).flatMap(([type, held]) => {
      const other = contentOf(is)[type]
      if (!other) return [{ at, what: `${type} is gone` }]
      return widenings(sides, schemaOf(held), schemaOf(other), at)
    })
    return [...headers, ...media]
  }

  const replies = (at: string, was: Operation, is: Operation): Change[] =>
    Object.entries(was.responses ?? {}).flatMap(([status, held]) => {
      const other = is.responses?.[status]
      // A problem that occurs no more breaks nobody.
      if (!other) return Number(status) < 400 ? [{ at, what: `${status} is gone` }] : []
      return reply(`${at} ${status}`, follow(before, held), follow(after, other))
    })

  const operation = (at: string, was: Operation, is: Operation | undefined): Change[] => {
    if (!is) return [{ at, what: 'the operation is gone' }]
    const renamed =
      was.operationId === is.operationId ? [] : [{ at, what: `operationId ${was.operationId} is ${is.operationId}` }]
    const scoped =
      JSON.stringify(was.security) === JSON.stringify(is.security) ? [] : [{ at, what: 'security differs' }]
    return [...renamed, ...scoped, ...parameters(at, was, is), ...body(at, was, is), ...replies(at, was, is)]
  }

  const paths = (document: Json) => (document.paths ?? {}) as Record<string, Record<string, Operation>>
  return Object.entries(paths(before)).flatMap(([path, item]) =>
    verbs.flatMap((verb) => {
      const was = item[verb]
      return was ? operation(`${verb.toUpperCase()} ${path}`, was, paths(after)[path]?.[verb]) : []
    }),
  )
}
