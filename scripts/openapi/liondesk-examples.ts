/** Fictional records of LionDesk. */
const inputExample = {
  mls: 'EX-31204',
  url: 'https://listings.example.com/31204',
  address: '8 Example Lane, Unit 3',
  city: 'Exampleton',
  state: 'CT',
  zip: '06001',
  beds: '3',
  full_baths: '2',
  type: 'Townhouse',
  square_feet: '1,850',
  listing_price: '489500.00',
  listing_status: 'Active',
  listing_days_on_market: '12',
  estimated_value: '495000',
  last_sold_at: '2019-06-03T15:30:00.000Z',
  last_sold_price: '402000',
  latitude: '41.5',
  longitude: '-72.75',
  images: 'https://photos.example.com/31204-1.jpg,https://photos.example.com/31204-2.jpg',
  year_built: '1998',
  listed_at: '2026-04-20T09:00:00.000Z',
}

const EventProperty = {
  id: '204',
  api_event_id: '31',
  contact_id: '77',
  ...inputExample,
  half_baths: '1',
  created_at: '2026-05-02T17:04:11.000Z',
}

export const examples = {
  EventProperty,
  EventPropertyInput: inputExample,
  EventPropertyPatch: { listing_status: 'Sold', last_sold_price: '486000.00' },
  EventPropertyPage: { total: 1, limit: 10, skip: 0, data: [EventProperty] },
  Error: {
    name: 'NotFound',
    message: 'No record found for id 204',
    code: 404,
    className: 'not-found',
    errors: {},
  },
  TokenRequest: {
    grant_type: 'refresh_token',
    client_id: 'example-client',
    client_secret: 'example-secret',
    refresh_token: '00000000000000000000000000000000000000b2',
  },
  Token: {
    access_token: '00000000000000000000000000000000000000a1',
    refresh_token: '00000000000000000000000000000000000000b2',
    expires: '2026-06-01T17:04:11.000Z',
    expires_in: 2592000,
    scope: 'read write',
    token_type: 'Bearer',
  },
  OAuthError: { error: 'invalid_grant', error_description: 'The grant has expired' },
  User: { id: '5', email: 'agent1@example.com' },
}
