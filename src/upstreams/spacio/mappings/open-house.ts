import { HostedOpenHouse, OpenHouse } from '#schemas/open-house.ts'
import { requireValue } from '#src/mapping/codec.ts'
import { integer, text, utcTime } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { spacioText } from '../sentinel-codecs.ts'

/** getOHSessions. Source: the vendor's API page, "Open House Sessions". */
export const openHouseMapping = defineMapping('spacio.openHouse', OpenHouse, {
  id: { from: 'sessionID', codec: requireValue(text), reso: 'OpenHouse.OpenHouseId' },
  startedAt: { from: 'startTime', codec: utcTime, reso: 'OpenHouse.OpenHouseStartTime' },
  endedAt: { from: 'endTime', codec: utcTime, reso: 'OpenHouse.OpenHouseEndTime' },
})

/** getOHSessionCounts. Source: the vendor's API page, "Open House Session Counts". */
export const hostedOpenHouseMapping = defineMapping('spacio.hostedOpenHouse', HostedOpenHouse, {
  startedAt: { from: 'dateHosted', codec: utcTime, reso: 'OpenHouse.OpenHouseStartTime' },
  leadCount: { from: 'leadsCount', codec: integer, reso: null },
  unparsedAddress: { from: 'propertyAddress', codec: spacioText, reso: 'Property.UnparsedAddress' },
  city: { from: 'propertyCity', codec: spacioText, reso: 'Property.City' },
  stateOrProvince: { from: 'propertyState', codec: spacioText, reso: 'Property.StateOrProvince' },
  postalCode: { from: 'propertyZip', codec: spacioText, reso: 'Property.PostalCode' },
})
