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

/** The twelve methods of the Spacio API. Source: the vendor's API page. */
export const operations = {
  getProperties: { version: 'v1', method: 'getProperties', form: ['ukey'], shape: 'keyed', limits: spacioRead },
  getProperty: {
    version: 'v1',
    method: 'getProperty',
    form: ['sid'],
    shape: 'record',
    limits: spacioRead,
    notFoundCode: 'unknown-property',
  },
  getOHSessions: { version: 'v1', method: 'getOHSessions', form: ['sid', 'page'], shape: 'paged', limits: spacioRead },
  getRegistrants: {
    version: 'v1',
    method: 'getRegistrants',
    form: ['sid', 'atoken'],
    shape: 'keyed',
    limits: spacioLeads,
  },
  getAccessToken: {
    version: 'v1',
    method: 'getAccessToken',
    form: ['email'],
    shape: 'record',
    limits: spacioRead,
    notFoundCode: 'unknown-agent',
  },
  getAccessTokenBM: {
    version: 'v1',
    method: 'getAccessTokenBM',
    form: ['email'],
    shape: 'record',
    limits: spacioRead,
    notFoundCode: 'unknown-agent',
  },
  getRegistrantsByBrokerageV2: {
    version: 'v2',
    method: 'getRegistrantsByBrokerage',
    form: ['bid', 'startDate', 'endDate', 'page'],
    shape: 'paged',
    limits: spacioReport,
  },
  getRegistrantsByBrokerage: {
    version: 'v1',
    method: 'getRegistrantsByBrokerage',
    form: ['bid', 'startDate', 'endDate'],
    shape: 'keyed',
    limits: spacioReport,
    hasWindow: true,
  },
  getClaimedList: { version: 'v1', method: 'getClaimedList', form: ['bid'], shape: 'emails', limits: spacioReport },
  getActivityList: {
    version: 'v1',
    method: 'getActivityList',
    form: ['bid', 'startDate', 'endDate'],
    shape: 'keyed',
    limits: spacioReport,
  },
  getOHSessionCounts: {
    version: 'v1',
    method: 'getOHSessionCounts',
    form: ['bid', 'startDate', 'endDate'],
    shape: 'keyed',
    limits: spacioReport,
  },
  getRegistrantsByTeam: {
    version: 'v1',
    method: 'getRegistrantsByTeam',
    form: ['tid', 'startDate', 'endDate', 'page'],
    shape: 'paged',
    limits: spacioReport,
  },
} as const satisfies Record<string, SpacioOperation>

export type OperationName = keyof typeof operations
