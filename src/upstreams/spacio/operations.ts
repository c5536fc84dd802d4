import type { ProblemCode } from '#src/problems.ts'
import { limits } from '../transport/limits.ts'
import type { CallLimits } from '../transport/types.ts'

/**
 * The layout of a reply: one record, records keyed "1".."n", `{info, data}` pages, or e-mail addresses, bare or as
 * `{email}`.
 */
export type ReplyShape = 'record' | 'keyed' | 'paged' | 'emails'

export interface SpacioOperation {
  readonly version: 'v1' | 'v2'
  readonly method: string
  /** The names of its multipart form fields. */
  readonly form: readonly string[]
  readonly shape: ReplyShape
  readonly limits: CallLimits
  /** The problem code for `no-results`, for operations that return a single record. */
  readonly notFoundCode?: ProblemCode
  /** The requested window determines the size of the reply, and the export streams it. */
  readonly hasWindow?: boolean
}

const { spacioRead, spacioLeads, spacioReport } = limits

const define = <const Form extends readonly string[]>(
  method: string,
  form: Form,
  shape: ReplyShape,
  limits: CallLimits,
  more: Partial<Pick<SpacioOperation, 'version' | 'notFoundCode' | 'hasWindow'>> = {},
): SpacioOperation & { readonly form: Form } => ({ version: 'v1', method, form, shape, limits, ...more })

/** The twelve methods of the Spacio API. Source: the vendor's API page. */
export const operations = {
  getProperties: define('getProperties', ['ukey'], 'keyed', spacioRead),
  getProperty: define('getProperty', ['sid'], 'record', spacioRead, { notFoundCode: 'unknown-property' }),
  getOHSessions: define('getOHSessions', ['sid', 'page'], 'paged', spacioRead),
  getRegistrants: define('getRegistrants', ['sid', 'atoken'], 'keyed', spacioLeads),
  getAccessToken: define('getAccessToken', ['email'], 'record', spacioRead, { notFoundCode: 'unknown-agent' }),
  getAccessTokenBM: define('getAccessTokenBM', ['email'], 'record', spacioRead, { notFoundCode: 'unknown-agent' }),
  getRegistrantsByBrokerageV2: define(
    'getRegistrantsByBrokerage',
    ['bid', 'startDate', 'endDate', 'page'],
    'paged',
    spacioReport,
    { version: 'v2' },
  ),
  getRegistrantsByBrokerage: define(
    'getRegistrantsByBrokerage',
    ['bid', 'startDate', 'endDate'],
    'keyed',
    spacioReport,
    { hasWindow: true },
  ),
  getClaimedList: define('getClaimedList', ['bid'], 'emails', spacioReport),
  getActivityList: define('getActivityList', ['bid', 'startDate', 'endDate'], 'keyed', spacioReport),
  getOHSessionCounts: define('getOHSessionCounts', ['bid', 'startDate', 'endDate'], 'keyed', spacioReport),
  getRegistrantsByTeam: define('getRegistrantsByTeam', ['tid', 'startDate', 'endDate', 'page'], 'paged', spacioReport),
}

export type OperationName = keyof typeof operations
