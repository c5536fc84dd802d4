/** Path and query parameters. Queries are text on the wire: the validator reads numbers and booleans out of them. */
import { type TSchema, Type } from 'typebox'

export const emailPattern = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$"
const idPattern = '^[A-Za-z0-9_-]{1,64}$'
const agentPattern = `${emailPattern}|${idPattern}`
const keyPattern = '^([!#-~][!-~]{0,254}|"([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$'
const wholeNumber = '(0|-?[1-9][0-9]{0,14})'
const wholeNumbersPattern = `^${wholeNumber}(,${wholeNumber})*$`

const idForm = 'an id of 1 to 64 letters, digits, hyphens and underscores'

/** What a pattern asks for, in words that follow "must be": error messages use them. */
export const patternForms: ReadonlyMap<string, string> = new Map([
  [emailPattern, 'an e-mail address, such as agent1@example.com'],
  [idPattern, idForm],
  [agentPattern, `an e-mail address, such as agent1@example.com, or ${idForm}`],
  [keyPattern, '1 to 255 visible ASCII characters, or a quoted string of them'],
  ['^[a-z-]{1,64}$', 'a code of small letters and hyphens, such as not-found'],
  [wholeNumbersPattern, 'whole numbers separated by commas, such as 1,2'],
])

/** Patterns that an id has to match. */
export const idPatterns: readonly string[] = [idPattern, agentPattern]

export const sid = Type.Integer({
  minimum: 1,
  maximum: 9_999_999_999,
  description: 'Spacio property id.',
  examples: [10101],
})

export const email = Type.String({
  pattern: emailPattern,
  maxLength: 254,
  description: 'E-mail address.',
  examples: ['agent1@example.com'],
})

export const agent = Type.String({
  pattern: agentPattern,
  maxLength: 254,
  description: 'E-mail address or ukey of the agent.',
  examples: ['agent1@example.com'],
})

export const id = (what: string, example: string) =>
  Type.String({ pattern: idPattern, description: `Id of the ${what}.`, examples: [example] })

export const brokerageId = id('brokerage', 'b1001')
export const teamId = id('team', 't2001')
export const eventId = id('event', '7')

/** A query is strict: an unknown name is 400, since a mistyped filter must never widen a list of people. */
export const query = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

export const params = query

export const include = {
  include: Type.Optional(
    Type.Literal('source', { description: 'Adds the untouched wire record to each element (scope `source:read`).' }),
  ),
}

export const connection = {
  connection: Type.Optional(
    Type.String({
      pattern: idPattern,
      description: 'Id of the LionDesk connection to act for, of those that are yours; needed where you have several.',
    }),
  ),
}

/** Bare, or quoted as in the IETF's draft. */
export const idempotencyKey = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      pattern: keyPattern,
      description:
        'Makes the request repeatable for 24 hours: with the same key and body it is done once. 1 to 255 visible ASCII characters, or a quoted string; new for each thing to be done.',
    }),
  ),
})

export const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Most elements of a page.' }),
  ),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0, description: 'Elements to skip.' })),
}

/** Leads of one answer of the feed. */
export const feedLimit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 50,
    description: 'Most leads of an answer; a live feed has no end.',
  }),
)

const day = (description: string) => Type.Optional(Type.String({ format: 'date', description }))

/** IANA name. */
export const timeZone = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    default: 'UTC',
    description: 'IANA time zone whose days `from` and `to` are, e.g. `America/New_York`.',
  }),
)

export const dayWindow = {
  from: day('First calendar day, included. Default: 29 days before `to`.'),
  to: day('Last calendar day, included. Default: today.'),
  timeZone,
}

// Optional parameters carry no example: Swagger UI would fill it in, and send every filter at once.
const filterText = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 2000, description }))

const filterIntegers = (description: string) =>
  Type.Optional(Type.String({ maxLength: 2000, pattern: wholeNumbersPattern, description }))

const filterNumber = (description: string) => Type.Optional(Type.Integer({ description }))

type Filters<Name extends string, Equal extends TSchema> = { [Key in Name]: Equal } & {
  [Key in `${Name}[ne]`]: Equal
} & { [Key in `${Name}[in]` | `${Name}[nin]`]: ReturnType<typeof filterText> }

const operators = <Name extends string, Equal extends TSchema>(
  name: Name,
  words: string,
  equal: (description: string) => Equal,
  list: typeof filterText,
) =>
  ({
    [name]: equal(`Only where the ${words} is this.`),
    [`${name}[ne]`]: equal(`Only where the ${words} is not this, or is absent.`),
    [`${name}[in]`]: list(`Only where the ${words} is one of these, comma-separated, at most 20.`),
    [`${name}[nin]`]: list(`Only where the ${words} is none of these, or is absent; comma-separated, at most 20.`),
  }) as Filters<Name, Equal>

/** Equality filters on a text field: `name`, `name[ne]`, `name[in]`, `name[nin]`. */
export const textFilters = <Name extends string>(name: Name, words: string) =>
  operators(name, words, filterText, filterText)

/** The same on a whole number. */
export const integerFilters = <Name extends string>(name: Name, words: string) =>
  operators(name, words, filterNumber, filterIntegers)

/** `sort=-listPrice,city`: a minus sign turns the order of one field. */
export const sortBy = (fields: readonly string[], example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: `^-?(${fields.join('|')})(,-?(${fields.join('|')}))*$`,
      description: `Order of the list, e.g. \`${example}\`; \`-\` before a field: descending. Fields: ${fields.join(', ')}.`,
    }),
  )
