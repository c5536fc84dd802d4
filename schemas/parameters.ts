/** Path and query parameters. Both arrive as text; the validator converts integers. */
import { type TSchema, Type } from 'typebox'
import { getOne, visibleText } from './fields.ts'
import { integersPattern } from './filters.ts'

export const emailPattern = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$"
const idPattern = '^[A-Za-z0-9_-]{1,64}$'
const agentPattern = `${emailPattern}|${idPattern}`
const keyPattern = '^([!#-~][!-~]{0,254}|"([ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$'
/** Only the digits count: without a digit, every contact without a phone number would match. */
const phonePattern = '^[^0-9]*([0-9][^0-9]*){5,20}$'
const entityTag = '(W/)?"[!#-~\\x80-\\xff]*"'
const ifMatchPattern = `^(\\*|[ \\t,]*${entityTag}([ \\t]*,[ \\t,]*${entityTag})*[ \\t,]*)$`

const idDescription = 'an id of 1 to 64 letters, digits, hyphens and underscores'

/** Descriptions of the patterns for error messages, which put "must be" before them. */
export const patternDescriptions: ReadonlyMap<string, string> = new Map([
  [emailPattern, 'an e-mail address, such as agent1@example.com'],
  [idPattern, idDescription],
  [agentPattern, `an e-mail address, such as agent1@example.com, or ${idDescription}`],
  [phonePattern, 'a phone number of 5 to 20 digits, such as 517-555-0104'],
  [keyPattern, '1 to 255 visible ASCII characters, or a quoted string of them'],
  [ifMatchPattern, '*, or entity tags separated by commas, each in double quotes as ETag sends it'],
  ['^[a-z-]{1,64}$', 'a code of lower-case letters and hyphens, such as not-found'],
  [integersPattern, 'whole numbers separated by commas, such as 1,2'],
  [visibleText.pattern, 'a string with a visible character'],
  ['^https?://', 'a URL that begins with http:// or https://'],
])

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

export const contactId = id('contact', '1')

export const phone = Type.String({
  pattern: phonePattern,
  maxLength: 40,
  description:
    'Mobile, home or office phone of the contacts. The upstream compares texts: it finds this spelling and the bare digits.',
})

/** Creates a strict query schema, because a mistyped filter must never widen a list of people. */
export const query = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

export const params = query

export const include = {
  include: Type.Optional(
    Type.Literal('source', { description: 'Adds the unchanged wire record to each element (scope `source:read`).' }),
  ),
}

const parts = ['source', 'property', 'property,source', 'source,property'] as const

const propertyPart =
  '`property` adds the property that each visitor saw (scope `properties:read`): null if the sid is unknown or you have no grant for it. The gateway reads each property once, from its cache or with one upstream call, and at most 60 uncached ones for a request; beyond that, it answers 422.'

/** The parts that can be added to leads. */
export const leadInclude = {
  include: Type.Optional(
    getOne(parts, {
      description: `${propertyPart} \`source\` adds the unchanged wire records (scope \`source:read\`).`,
    }),
  ),
}

/** The part that can be added to the leads of a feed. */
export const feedInclude = { include: Type.Optional(Type.Literal('property', { description: propertyPart })) }

export const connection = {
  connection: Type.Optional(
    Type.String({
      pattern: idPattern,
      description: 'Id of the LionDesk connection to use. It is required if you have several connections.',
    }),
  ),
}

/** Without quotes, or quoted as in draft-ietf-httpapi-idempotency-key-header. */
export const idempotencyKey = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      pattern: keyPattern,
      description:
        'Makes the request safe to repeat for 24 hours: requests with the same key and body take effect once. 1 to 255 visible ASCII characters, or a quoted string. Use a new key for each new write.',
    }),
  ),
})

export const ifMatch = Type.Object({
  'If-Match': Type.Optional(
    Type.String({
      pattern: ifMatchPattern,
      description:
        'Writes only if the current `ETag` of the event property is one of these, separated by commas; otherwise 412. Send the `ETag` of a GET without `include=source`, or of a PATCH. Weak tags (`W/"…"`) never match. `*` matches every property that exists.',
    }),
  ),
})

export const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Maximum number of elements in a page.' }),
  ),
  offset: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0, description: 'Number of elements to skip.' }),
  ),
}

export const feedLimit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 50,
    description: 'Maximum number of leads in a response. Live feeds ignore it.',
  }),
)

const createDay = (description: string) => Type.Optional(Type.String({ format: 'date', description }))

export const timeZone = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    default: 'UTC',
    description: 'IANA time zone of the days `from` and `to`, e.g. `America/New_York`.',
  }),
)

export const dayWindow = {
  from: createDay('First calendar day (inclusive). Default: 29 days before `to`.'),
  to: createDay('Last calendar day (inclusive). Default: today.'),
  timeZone,
}
