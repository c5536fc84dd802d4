import { type DriftSetting, isDriftSetting } from '../http/drift.ts'
import { createSettings, isBoolean, isCount } from '../http/settings.ts'

export interface LionDeskSettings {
  defaultLimit: number
  maximumLimit: number
  omitId: boolean
  omitCreatedAt: boolean
  rotateRefreshToken: boolean
  omitRefreshToken: boolean
  accessTokenTtlSeconds: number
  /** Answers failures in HTML to whoever does not ask for JSON. */
  htmlErrors: boolean
  drift: DriftSetting
}

const defaults: LionDeskSettings = {
  defaultLimit: 10,
  maximumLimit: 25,
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
    omitId: isBoolean,
    omitCreatedAt: isBoolean,
    rotateRefreshToken: isBoolean,
    omitRefreshToken: isBoolean,
    accessTokenTtlSeconds: isCount,
    htmlErrors: isBoolean,
    drift: isDriftSetting,
  })
