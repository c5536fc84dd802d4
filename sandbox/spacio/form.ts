import { Busboy } from '@fastify/busboy'
import type { Exchange } from '../http/types.ts'

export type Form = Record<string, string>

/** Spacio reads only multipart forms and ignores any other body. */
export function readForm({ request, body }: Exchange): Promise<Form> {
  const type = request.headers['content-type'] ?? ''
  const form: Form = {}
  if (!type.toLowerCase().startsWith('multipart/form-data')) return Promise.resolve(form)
  return new Promise((resolve) => {
    try {
      const parser = new Busboy({ headers: { ...request.headers, 'content-type': type } })
      parser.on('field', (name, value) => {
        form[name] = value
      })
      parser.on('file', (_name, stream) => stream.resume())
      parser.on('error', () => resolve(form))
      parser.on('finish', () => resolve(form))
      parser.end(body)
    } catch {
      resolve(form)
    }
  })
}
