import { randomBytes } from 'node:crypto'
import type { UpstreamRequest } from './types.ts'

interface RequestBody {
  readonly body: string | null
  /** Null if the caller sets the header, or if there is no body. */
  readonly contentType: string | null
}

/** Random, so that no field value can contain it. */
const boundary = `foyer-${randomBytes(18).toString('hex')}`

const contentType = `multipart/form-data; boundary=${boundary}`

/** Encodes the form directly, because a few short fields need no stream. */
export const toRequestBody = ({ form, json }: Pick<UpstreamRequest, 'form' | 'json'>): RequestBody => {
  if (form) return { body: toMultipart(form), contentType }
  return { body: json === undefined ? null : JSON.stringify(json), contentType: null }
}

const toMultipart = (form: Readonly<Record<string, string>>): string => {
  let body = ''
  for (const name in form) {
    body += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${form[name]}\r\n`
  }
  return `${body}--${boundary}--\r\n`
}
