import type { Static } from 'typebox'
import { NewEventProperty, photoUrlsMaxLength } from '#schemas/event-property.ts'
import type { Property } from '#schemas/property.ts'
import { joinedLength } from '#src/gateway/photo-limit.ts'
import { late } from '#src/lib/lazy.ts'
import { createValidator } from './schema-validator.ts'

type Fillable = Omit<Static<typeof NewEventProperty>, 'fromSid'>

/**
 * What a Spacio property says of an event property. Bathrooms are floored to full ones; the living area stays out,
 * since Spacio states no unit and LionDesk means square feet. What breaks a limit is left out, never cut.
 */
export const filledFrom = (property: Static<typeof Property>): Fillable => {
  const { bathroomsTotal } = property
  const candidates: Fillable = {
    listingId: property.listingId,
    listingUrl: property.listingUrl,
    unparsedAddress: property.unparsedAddress,
    bedroomsTotal: property.bedroomsTotal,
    bathroomsFull: bathroomsTotal === null ? null : Math.floor(bathroomsTotal),
    propertySubType: property.propertySubType,
    listPrice: property.listPrice,
    photoUrls: photosThatFit(property.photoUrls),
  }
  const broken = brokenFields(candidates)
  return Object.fromEntries(Object.entries(candidates).filter(([field, value]) => value !== null && !broken.has(field)))
}

const validator = late(() => createValidator().compile<Fillable>(NewEventProperty))

/** Judged by the very rules that a caller's own body has to meet. */
const brokenFields = (candidates: Fillable): Set<string | undefined> => {
  const validate = validator()
  validate(candidates)
  return new Set(validate.errors?.map(({ instancePath }) => instancePath.split('/')[1]))
}

/** null where there are none. */
const photosThatFit = (photoUrls: readonly string[]): string[] | null => {
  const fitting: string[] = []
  for (const url of photoUrls) {
    const isPhoto = !brokenFields({ photoUrls: [url] }).has('photoUrls')
    if (isPhoto && joinedLength([...fitting, url]) <= photoUrlsMaxLength) fitting.push(url)
  }
  return fitting.length > 0 ? fitting : null
}
