import { errors, FeathersError, GeneralError } from '@feathersjs/errors'
import { createJsonReply, type Reply } from '../http/types.ts'

/** Every failure has an `errors` property, as in the vendor's captured reply. */
export function createFailureReply(error: unknown): Reply {
  const failure = error instanceof FeathersError ? error : new GeneralError('Something went wrong')
  const { name, message, code, className, data } = failure.toJSON()
  const extra = data !== undefined && Object.keys(data).length > 0 ? { data } : {}
  return createJsonReply(code, { name, message, code, className, ...extra, errors: failure.errors ?? {} })
}

/** Creates a Feathers error from its name (`Conflict`) or number (`409`). */
export function createFailure(code: string): FeathersError {
  const { FeathersError: _base, ...named } = errors
  const known: Record<string, new (message: string) => FeathersError> = named
  const Failure = known[code] ?? GeneralError
  return new Failure('Made by a fault switch')
}
