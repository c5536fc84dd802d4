import { Type } from 'typebox'
import { component, getOne, textOrNull, timeOrNull, visibleText } from './fields.ts'
import { connection, contactId, include, paging, query } from './parameters.ts'
import { source } from './source.ts'

export const CrmEvent = component(
  'CrmEvent',
  'Something that a contact of the CRM did, such as viewing a listing.',
  {
    id: textOrNull('Id of the event; null if the upstream does not return it.'),
    contactId: textOrNull('Id of the contact.'),
    userId: textOrNull('Id of the CRM user who created the event.'),
    type: textOrNull('Kind of event; any text, e.g. `property_viewed`.'),
    description: textOrNull('Description.'),
    siteDomain: textOrNull('Domain of the site that reported the event.'),
    origin: textOrNull(
      'How the event came into the CRM: `api`, `web` or `disposition`. Only events with `api` can have properties.',
    ),
    dialerSessionId: textOrNull('Id of the dialer session.'),
    createdAt: timeOrNull('Time at which the event was created.'),
    modifiedAt: timeOrNull('Time at which the event was last changed.'),
    source,
  },
  {
    id: '7',
    contactId: '1',
    userId: '1',
    type: 'property_viewed',
    description: 'Viewed the listing',
    siteDomain: 'listings.example.com',
    origin: 'api',
    dialerSessionId: null,
    createdAt: '2026-05-02T17:04:11Z',
    modifiedAt: '2026-05-02T17:04:11Z',
  },
)

/** Parameters of the list of events. */
export const eventQuery = query({
  contactId,
  type: Type.Optional(
    Type.String({ minLength: 1, maxLength: 45, ...visibleText, description: 'Only events of this kind.' }),
  ),
  sort: Type.Optional(
    getOne(['-createdAt', 'createdAt'], { default: '-createdAt', description: 'Newest first, or oldest first.' }),
  ),
  ...paging,
  ...connection,
  ...include,
})
