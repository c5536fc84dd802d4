import { type DriftSetting, isDriftSetting } from '../http/drift.ts'
import { createChoiceCheck, createSettings, isBoolean, isCount, isText } from '../http/settings.ts'

export interface SpacioSettings {
  errorLayout: 'string' | 'object' | 'code' | 'status' | 'errorCode' | 'bare'
  errorStatus: 200 | '4xx'
  emptyKeyed: 'no-results' | '[]' | '{}'
  keyedAs: 'object' | 'array'
  rangeStart: 'inclusive' | 'exclusive'
  rangeEnd: 'inclusive' | 'exclusive'
  order: 'newest' | 'oldest' | 'random'
  strictJson: boolean
  v2: 'available' | 'not-found' | 'not-authorized' | 'access-denied'
  tokenTtlSeconds: number
  tokenRefusal: 'access-denied' | 'not-authorized'
  newTokenVoidsOld: boolean
  rateCap: number
  drift: DriftSetting
  redirectUrl: string
  contentType: string
}

const defaults: SpacioSettings = {
  errorLayout: 'string',
  errorStatus: 200,
  emptyKeyed: 'no-results',
  keyedAs: 'object',
  rangeStart: 'inclusive',
  rangeEnd: 'inclusive',
  order: 'newest',
  strictJson: false,
  v2: 'available',
  tokenTtlSeconds: 3600,
  tokenRefusal: 'access-denied',
  newTokenVoidsOld: false,
  rateCap: 12_000,
  drift: false,
  redirectUrl: 'https://spac.io/signup',
  contentType: 'application/json; charset=utf-8',
}

const isRangeEnd = createChoiceCheck('inclusive', 'exclusive')

export const createSpacioSettings = () =>
  createSettings<SpacioSettings>(defaults, {
    errorLayout: createChoiceCheck('string', 'object', 'code', 'status', 'errorCode', 'bare'),
    errorStatus: createChoiceCheck(200, '4xx'),
    emptyKeyed: createChoiceCheck('no-results', '[]', '{}'),
    keyedAs: createChoiceCheck('object', 'array'),
    rangeStart: isRangeEnd,
    rangeEnd: isRangeEnd,
    order: createChoiceCheck('newest', 'oldest', 'random'),
    strictJson: isBoolean,
    v2: createChoiceCheck('available', 'not-found', 'not-authorized', 'access-denied'),
    tokenTtlSeconds: isCount,
    tokenRefusal: createChoiceCheck('access-denied', 'not-authorized'),
    newTokenVoidsOld: isBoolean,
    rateCap: isCount,
    drift: isDriftSetting,
    redirectUrl: isText,
    contentType: isText,
  })
