import { createJsonReply, type Reply } from '../http/types.ts'
import { credentials, type LionDeskTokens, type TokenReply } from './tokens.ts'

export const createOAuthError = (status: number, error: string, description: string): Reply =>
  createJsonReply(status, { error, error_description: description })

const createRedirect = (location: string): Reply => ({ status: 302, headers: { location }, body: '' })

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`)

function renderConsentPage(parameters: URLSearchParams): Reply {
  const hidden = [...parameters].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const body = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>LionDesk sandbox: connect</title></head><body>
<h1>Connect to the LionDesk sandbox?</h1>
<form action="/oauth2/authorize" method="get">${hidden.join('')}
<button name="approve" value="1">Allow</button> <button name="approve" value="0">Refuse</button>
</form></body></html>
`
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

/** `user=2` signs in as the second user. There is no password. */
export function authorize(queryText: string, tokens: LionDeskTokens): Reply {
  const query = new URLSearchParams(queryText)
  const redirectUri = query.get('redirect_uri') ?? ''
  if (query.get('response_type') !== 'code') {
    return createOAuthError(400, 'unsupported_response_type', 'Only code is supported')
  }
  if (query.get('client_id') !== credentials.clientId) return createOAuthError(400, 'invalid_client', 'Unknown client')
  if (!URL.canParse(redirectUri)) return createOAuthError(400, 'invalid_request', 'redirect_uri is missing')
  const approve = query.get('approve')
  if (approve === null) return renderConsentPage(query)
  const target = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) target.searchParams.set('state', state)
  if (approve !== '1') target.searchParams.set('error', 'access_denied')
  else {
    const grant = { userId: query.get('user') === '2' ? '2' : '1', scope: query.get('scope') ?? '' }
    target.searchParams.set('code', tokens.issueCode(grant, redirectUri))
  }
  return createRedirect(target.href)
}

export function exchangeToken(body: unknown, tokens: LionDeskTokens): Reply {
  const input: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {}
  const readField = (name: string): string => (typeof input[name] === 'string' ? input[name] : '')
  if (readField('client_id') !== credentials.clientId || readField('client_secret') !== credentials.clientSecret) {
    return createOAuthError(401, 'invalid_client', 'Client credentials are invalid')
  }
  const toTokenReply = (reply: TokenReply | null): Reply =>
    reply === null
      ? createOAuthError(400, 'invalid_grant', 'Grant is invalid or has expired')
      : createJsonReply(200, reply)
  switch (input.grant_type) {
    case 'authorization_code':
      return toTokenReply(tokens.exchangeCode(readField('code'), readField('redirect_uri')))
    case 'refresh_token':
      return toTokenReply(tokens.refresh(readField('refresh_token')))
    default:
      return createOAuthError(400, 'unsupported_grant_type', 'Use authorization_code or refresh_token')
  }
}
