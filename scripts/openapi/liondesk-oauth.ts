import { examples } from './liondesk-examples.ts'
import { type Json, jsonContent, reference } from './schemas.ts'

const base = 'https://api-v2.liondesk.com'

const text = (description: string, more: Json = {}): Json => ({ type: 'string', description, ...more })

const object = (description: string, properties: Json, required: string[], example: unknown): Json => ({
  description,
  type: 'object',
  properties,
  required,
  examples: [example],
})

export const oauthScheme: Json = {
  type: 'oauth2',
  description: 'A bearer token of the user whose contacts are read or written.',
  flows: {
    authorizationCode: {
      authorizationUrl: `${base}/oauth2/authorize`,
      tokenUrl: `${base}/oauth2/token`,
      refreshUrl: `${base}/oauth2/token`,
      scopes: {},
    },
  },
}

export const oauthSchemas: Json = {
  TokenRequest: object(
    'Asks for tokens, with the code of a consent or with a refresh token.',
    {
      grant_type: text('What is handed in.', { enum: ['authorization_code', 'refresh_token'] }),
      client_id: text('Id of the application.'),
      client_secret: text('Secret of the application.'),
      redirect_uri: text('Where the consent led back to.', { format: 'uri' }),
      code: text('With `authorization_code`: the code.'),
      refresh_token: text('With `refresh_token`: the token.'),
    },
    ['grant_type', 'client_id', 'client_secret'],
    examples.TokenRequest,
  ),
  Token: object(
    'Tokens of one user. Lifetimes differ: the reply is what counts.',
    {
      access_token: text('40 hexadecimal digits.'),
      refresh_token: text('40 hexadecimal digits. It may be missing after a refresh (keep the old one) or be new.'),
      expires: text('When the access token expires.', { format: 'date-time' }),
      expires_in: { type: 'integer', description: 'The same in seconds from now.' },
      scope: text('What it allows.'),
      token_type: text('How to send it.', { examples: ['Bearer'] }),
    },
    ['access_token'],
    examples.Token,
  ),
  OAuthError: object(
    'A refused token call; unlike all other errors.',
    { error: text('Code of OAuth 2.'), error_description: text('The same in words.') },
    ['error'],
    examples.OAuthError,
  ),
  User: {
    description: 'A user; the fields are not documented.',
    type: 'object',
    additionalProperties: true,
    examples: [examples.User],
  },
}

export const oauthPaths: Json = {
  '/oauth2/token': {
    post: {
      operationId: 'issueToken',
      tags: ['Users'],
      summary: 'Issue or refresh tokens',
      description: 'Exchanges the code of a consent, or a refresh token, for an access token.',
      security: [],
      requestBody: { required: true, content: jsonContent(reference('TokenRequest'), examples.TokenRequest) },
      responses: {
        200: { description: 'The tokens.', content: jsonContent(reference('Token'), examples.Token) },
        '4XX': {
          description: 'The call was refused.',
          content: jsonContent(reference('OAuthError'), examples.OAuthError),
        },
      },
    },
  },
  '/me': {
    get: {
      operationId: 'getMe',
      tags: ['Users'],
      summary: 'Tell whose token it is',
      description: 'The user to whom the access token belongs.',
      responses: {
        200: { description: 'The user.', content: jsonContent(reference('User'), examples.User) },
        '4XX': { $ref: '#/components/responses/Failed' },
      },
    },
  },
}
