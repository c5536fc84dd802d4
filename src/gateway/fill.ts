import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { NewEventProperty, photoUrlsMaxLength } from '#schemas/event-property.ts'
import type { Property } from '#schemas/property.ts'
import { joinedLength } from './photos.ts'

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
  return Object.fromEntries(
    Object.entries(candidates).filter(([field, value]) => value !== null && isAllowed(field as keyof Fillable, value)),
  )
}

const isAllowed = (field: keyof Fillable, value: unknown): boolean =>
  Check(NewEventProperty.properties[field] as TSchema, value)

const photosThatFit = (photoUrls: readonly string[]): string[] => {
  const fitting: string[] = []
  for (const url of photoUrls) {
    const isUrl = Check(Type.String({ format: 'uri' }), url)
    if (isUrl && joinedLength([...fitting, url]) <= photoUrlsMaxLength) fitting.push(url)
  }
  return fitting
}
