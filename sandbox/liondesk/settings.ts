import { type DriftSetting, isDriftSetting } from '../http/drift.ts'
import { createChoiceCheck, createSettings, isBoolean, isCount } from '../http/settings.ts'

export interface LionDeskSettings {
  defaultLimit: number
  maximumLimit: number
  /**
   * The order of lists. `ties-vary` changes the order of equal rows with each request, as a database may. `varies`
   * ignores `$sort` and changes the order of all rows.
   */
  order: 'stable' | 'ties-vary' | 'varies'
  /** `$ne` and `$nin` exclude rows without a value, as SQL does. */
  sqlNulls: boolean
  /** Texts that differ in letter case are equal, as in many databases. */
  ignoreCase: boolean
  /** Lists of contacts and events leave out the filter, and hold whatever the user may see. */
  ignoreFilters: boolean
  /** A contact or event that is added can be read, but is missing in so many lists that follow. */
  lateFinds: number
  omitId: boolean
  omitCreatedAt: boolean
  rotateRefreshToken: boolean
  omitRefreshToken: boolean
  accessTokenTtlSeconds: number
  /** Sends failures as HTML unless the client accepts JSON. */
  htmlErrors: boolean
  drift: DriftSetting
}

const defaults: LionDeskSettings = {
  defaultLimit: 10,
  maximumLimit: 25,
  order: 'stable',
  sqlNulls: false,
  ignoreCase: false,
  ignoreFilters: false,
  lateFinds: 0,
  omitId: false,
  omitCreatedAt: false,
  rotateRefreshToken: true,
  omitRefreshToken: false,
  accessTokenTtlSeconds: 2_592_000,
  htmlErrors: false,
  drift: false,
}

export const createLionDeskSettings = () =>
  createSettings<LionDeskSettings>(defaults, {
    defaultLimit: isCount,
    maximumLimit: isCount,
    order: createChoiceCheck('stable', 'ties-vary', 'varies'),
    sqlNulls: isBoolean,
    ignoreCase: isBoolean,
    ignoreFilters: isBoolean,
    lateFinds: isCount,
    omitId: isBoolean,
    omitCreatedAt: isBoolean,
    rotateRefreshToken: isBoolean,
    omitRefreshToken: isBoolean,
    accessTokenTtlSeconds: isCount,
    htmlErrors: isBoolean,
    drift: isDriftSetting,
  })
