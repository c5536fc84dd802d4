import { component, integerOrNull, text, textOrNull, timeOrNull } from './fields.ts'
import { source } from './source.ts'

export const OpenHouse = component(
  'OpenHouse',
  'One open-house session of a property.',
  {
    id: text('Session id.'),
    startedAt: timeOrNull('When the session was opened.'),
    endedAt: timeOrNull('When the session was closed.'),
    source,
  },
  {
    id: '5d02a649efcda15f1d4926a8_1561151767466',
    startedAt: '2019-06-21T21:16:07Z',
    endedAt: '2019-06-23T19:07:49Z',
  },
)

export const HostedOpenHouse = component(
  'HostedOpenHouse',
  'An open house that an agent of a brokerage hosted, with the number of visitors who signed in.',
  {
    startedAt: timeOrNull('Time at which the open house started.'),
    leadCount: integerOrNull('Number of visitors who signed in.'),
    unparsedAddress: textOrNull('Street part of the address.'),
    city: textOrNull('City.'),
    stateOrProvince: textOrNull('State or province.'),
    postalCode: textOrNull('Postal code; text, since it may begin with a zero.'),
    source,
  },
  {
    startedAt: '2018-08-05T04:52:46Z',
    leadCount: 7,
    unparsedAddress: '10 Southridge Road',
    city: 'Southbury',
    stateOrProvince: 'CT',
    postalCode: '06488',
  },
)
