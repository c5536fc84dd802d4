import type { Static } from 'typebox'
import { maxPhotoUrlsLength, NewEventProperty } from '#schemas/event-property.ts'
import type { Property } from '#schemas/property.ts'
import { getJoinedLength } from '#src/gateway/photo-limit.ts'
import { lazy } from '#src/lib/lazy.ts'
import { createSchemaValidator } from './schema-validator.ts'

type PrefillFields = Omit<Static<typeof NewEventProperty>, 'fromSid'>

/**
 * What a Spacio property says of an event property. Bathrooms are floored to full ones; the living area stays out,
 * since Spacio states no unit and LionDesk means square feet. What breaks a limit is left out, never cut.
 */
export const prefillFromProperty = (property: Static<typeof Property>): PrefillFields => {
  const { bathroomsTotal } = property
  const candidates: PrefillFields = {
    listingId: property.listingId,
    listingUrl: property.listingUrl,
    unparsedAddress: property.unparsedAddress,
    bedroomsTotal: property.bedroomsTotal,
    bathroomsFull: bathroomsTotal === null ? null : Math.floor(bathroomsTotal),
    propertySubType: property.propertySubType,
    listPrice: property.listPrice,
    photoUrls: selectPhotos(property.photoUrls),
  }
  const invalidFields = findInvalidFields(candidates)
  return Object.fromEntries(
    Object.entries(candidates).filter(([field, value]) => value !== null && !invalidFields.has(field)),
  )
}

const getValidator = lazy(() => createSchemaValidator().compile<PrefillFields>(NewEventProperty))

/** Judged by the very rules that a caller's own body has to meet. */
const findInvalidFields = (candidates: PrefillFields): Set<string | undefined> => {
  const validate = getValidator()
  validate(candidates)
  return new Set(validate.errors?.map(({ instancePath }) => instancePath.split('/')[1]))
}

/** null where there are none. */
const selectPhotos = (photoUrls: readonly string[]): string[] | null => {
  const selection: string[] = []
  for (const url of photoUrls) {
    const isPhoto = !findInvalidFields({ photoUrls: [url] }).has('photoUrls')
    if (isPhoto && getJoinedLength([...selection, url]) <= maxPhotoUrlsLength) selection.push(url)
  }
  return selection.length > 0 ? selection : null
}
