import { BadRequest } from '@feathersjs/errors'
import { formatIsoTime } from '../time.ts'

type FieldKind = 'text' | 'integer' | 'number' | 'moment'

interface Field {
  kind: FieldKind
  limit?: number
  readOnly?: true
}

const createTextField = (limit?: number): Field => (limit === undefined ? { kind: 'text' } : { kind: 'text', limit })
const integer: Field = { kind: 'integer' }
const number: Field = { kind: 'number' }
const moment: Field = { kind: 'moment' }

export type FieldTable = Readonly<Record<string, Field>>

export const fields: FieldTable = {
  id: { ...integer, readOnly: true },
  api_event_id: { ...integer, readOnly: true },
  contact_id: { ...integer, readOnly: true },
  mls: createTextField(),
  url: createTextField(200),
  address: createTextField(200),
  city: createTextField(200),
  state: createTextField(200),
  zip: createTextField(200),
  beds: integer,
  full_baths: integer,
  half_baths: { ...integer, readOnly: true },
  type: createTextField(45),
  square_feet: createTextField(45),
  listing_price: number,
  listing_status: createTextField(45),
  listing_days_on_market: integer,
  estimated_value: number,
  last_sold_at: moment,
  last_sold_price: number,
  latitude: number,
  longitude: number,
  images: createTextField(255),
  year_built: integer,
  listed_at: moment,
  created_at: { ...moment, readOnly: true },
}

const texts = (...names: string[]): FieldTable => Object.fromEntries(names.map((name) => [name, createTextField()]))

const times: FieldTable = { created_at: moment, modified_at: moment }

export const contactFields: FieldTable = {
  ...texts('first_name', 'last_name', 'email', 'mobile_phone', 'home_phone', 'office_phone', 'fax', 'company', 'tags'),
  ...texts('birthday', 'anniversary', 'spouse_name', 'spouse_email', 'spouse_phone', 'spouse_birthday'),
  ...{ id: integer, owner_user_id: integer, assigned_user_id: integer, hotness_id: integer, source_id: integer },
  ...times,
}

export const eventFields: FieldTable = {
  ...texts('id', 'contact_id', 'type', 'description', 'site_domain', 'source'),
  ...{ user_id: integer, dialer_session_id: integer },
  ...times,
}

const writable = Object.entries(fields).filter(([, field]) => field.readOnly === undefined)

export const blankInput: Readonly<Record<string, null>> = Object.fromEntries(writable.map(([name]) => [name, null]))

const patterns = { integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/ }

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

function validateField(field: Field, value: string): string | null {
  if (field.kind === 'moment') return Number.isNaN(Date.parse(value)) ? 'must be a date-time' : null
  if (field.kind === 'text') {
    return field.limit !== undefined && value.length > field.limit ? `longer than ${field.limit} characters` : null
  }
  return patterns[field.kind].test(value) ? null : `must be a ${field.kind}`
}

/** Returns the writable fields as LionDesk stores them. Other fields are silently dropped. */
export function readInput(data: unknown): Record<string, string | null> {
  const source: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const input: Record<string, string | null> = {}
  const errors: Record<string, string> = {}
  for (const [name, field] of writable) {
    const value = source[name]
    if (value === undefined) continue
    if (value === null) {
      input[name] = null
      continue
    }
    const violation = isScalar(value) ? validateField(field, String(value)) : 'must be a single value'
    if (violation === null)
      input[name] = field.kind === 'moment' ? formatIsoTime(Date.parse(String(value))) : String(value)
    else errors[name] = violation
  }
  if (Object.keys(errors).length > 0) throw new BadRequest('Validation failed', { errors })
  return input
}
