import { examples } from './liondesk-examples.ts'
import { createJsonContent, createReference, type Json } from './schemas.ts'

const base = 'https://api-v2.liondesk.com'

const createText = (description: string, more: Json = {}): Json => ({ type: 'string', description, ...more })

const createObject = (description: string, properties: Json, required: string[], example: unknown): Json => ({
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
  TokenRequest: createObject(
    'Asks for tokens, with the code of a consent or with a refresh token.',
    {
      grant_type: createText('What is handed in.', { enum: ['authorization_code', 'refresh_token'] }),
      client_id: createText('Id of the application.'),
      client_secret: createText('Secret of the application.'),
      redirect_uri: createText('Where the consent led back to.', { format: 'uri' }),
      code: createText('With `authorization_code`: the code.'),
      refresh_token: createText('With `refresh_token`: the token.'),
    },
    ['grant_type', 'client_id', 'client_secret'],
    examples.TokenRequest,
  ),
  Token: createObject(
    'Tokens of one user. Lifetimes differ: the reply is what counts.',
    {
      access_token: createText('40 hexadecimal digits.'),
      refresh_token: createText(
        '40 hexadecimal digits. It may be missing after a refresh (keep the old one) or be new.',
      ),
      expires: createText('When the access token expires.', { format: 'date-time' }),
      expires_in: { type: 'integer', description: 'The same in seconds from now.' },
      scope: createText('What it allows.'),
      token_type: createText('How to send it.', { examples: ['Bearer'] }),
    },
    ['access_token'],
    examples.Token,
  ),
  OAuthError: createObject(
    'A refused token call; unlike all other errors.',
    { error: createText('Code of OAuth 2.'), error_description: createText('The same in words.') },
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
      requestBody: {
        required: true,
        content: createJsonContent(createReference('TokenRequest'), examples.TokenRequest),
      },
      responses: {
        200: { description: 'The tokens.', content: createJsonContent(createReference('Token'), examples.Token) },
        '4XX': {
          description: 'The call was refused.',
          content: createJsonContent(createReference('OAuthError'), examples.OAuthError),
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
        200: { description: 'The user.', content: createJsonContent(createReference('User'), examples.User) },
        '4XX': { $ref: '#/components/responses/Failed' },
      },
    },
  },
}
