/** The parts of the OpenAPI document that come from no route. */
export const documentInfo = {
  openapi: '3.1.0' as const,
  info: {
    title: 'Foyer',
    version: '0.1.0',
    summary: 'One REST API over Spacio and LionDesk.',
    description: [
      'Open-house properties, leads and agents from Spacio, and the contacts and events of a CRM from LionDesk,',
      'in one vocabulary: missing values are `null`, money and counts are numbers, times are RFC 3339 in UTC.',
      'Errors are problem documents (RFC 9457); `GET /problems` lists all of them.',
    ].join(' '),
    license: { name: 'MIT', identifier: 'MIT' },
  },
  tags: [
    { name: 'Properties', description: 'Listings and their open houses.' },
    { name: 'Leads', description: 'Visitors who signed in at open houses.' },
    { name: 'Brokerages', description: 'Agents, activity and open houses of a brokerage.' },
    { name: 'Events', description: 'CRM events, and the properties attached to them.' },
    { name: 'Contacts', description: 'People in the CRM.' },
    {
      name: 'Connections',
      description: 'The LionDesk accounts that give access to contacts, events and their properties.',
    },
    { name: 'Access tokens', description: 'Tokens for calling Spacio directly.' },
    { name: 'Gateway', description: 'Health, metrics and documentation of the gateway.' },
  ],
  components: {
    securitySchemes: {
      apiKey: {
        type: 'apiKey' as const,
        in: 'header' as const,
        name: 'X-API-Key',
        description: 'For servers: an API key from the operator, `fk_` and 43 more characters.',
      },
      bearer: {
        type: 'http' as const,
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'For browser apps: a token from an issuer that the operator trusts.',
      },
    },
  },
}
