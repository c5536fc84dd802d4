import type { Static } from 'typebox'
import { maxPhotoUrlsLength, NewEventProperty } from '#schemas/event-property.ts'
import type { Property } from '#schemas/property.ts'
import { lazy } from '#src/lib/lazy.ts'
import { commaUrls } from '#src/mapping/codecs.ts'
import { createUnprocessableProblem } from '#src/problems.ts'
import { createSchemaValidator } from './schema-validator.ts'

type PrefillFields = Omit<Static<typeof NewEventProperty>, 'fromSid'>

/**
 * Converts a Spacio property to an event property. Bathrooms are rounded down to full ones.
 * The living area is omitted, because LionDesk expects square feet and Spacio states no unit. Values that exceed a
 * limit are omitted, never truncated.
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

/** Uses the same schema as for a caller's body. */
const findInvalidFields = (candidates: PrefillFields): Set<string | undefined> => {
  const validate = getValidator()
  validate(candidates)
  return new Set(validate.errors?.map(({ instancePath }) => instancePath.split('/')[1]))
}

const selectPhotos = (photoUrls: readonly string[]): string[] | null => {
  const selection: string[] = []
  for (const url of photoUrls) {
    const isPhoto = !findInvalidFields({ photoUrls: [url] }).has('photoUrls')
    if (isPhoto && getJoinedLength([...selection, url]) <= maxPhotoUrlsLength) selection.push(url)
  }
  return selection.length > 0 ? selection : null
}

/** The number of characters of the photo URLs after they are joined for LionDesk. */
export const getJoinedLength = (photoUrls: string[]): number => String(commaUrls.encode?.(photoUrls) ?? '').length

export const rejectTooManyPhotos = (photoUrls: string[] | null | undefined): void => {
  const length = getJoinedLength(photoUrls ?? [])
  if (length <= maxPhotoUrlsLength) return
  const message = `take ${length} characters once joined with commas; at most ${maxPhotoUrlsLength} are allowed`
  throw createUnprocessableProblem('body/photoUrls', 'The photoUrls', message)
}
