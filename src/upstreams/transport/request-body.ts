import { randomBytes } from 'node:crypto'
import type { UpstreamRequest } from './types.ts'

export interface RequestBody {
  readonly body: string | null
  /** Null: the caller's own headers say it, or there is nothing to say. */
  readonly contentType: string | null
}

/** Nobody outside can know it, so that no value can end its part early. */
const boundary = `foyer-${randomBytes(18).toString('hex')}`

const contentType = `multipart/form-data; boundary=${boundary}`

/** Written out here: a form of a few short texts needs no stream. */
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
