/** The kinds of drift in a record. */
const driftKinds = ['unknown-field', 'gone', 'number', 'unreadable'] as const

export type DriftKind = (typeof driftKinds)[number]

/** `true` enables all kinds. */
export type DriftSetting = boolean | readonly DriftKind[]

/** Which fields drift, for each kind. */
export interface DriftPlan {
  /** The field to omit. */
  gone?: string
  /** Numbers that replace texts. */
  number?: Readonly<Record<string, number>>
  /** Texts that no client can parse as a price, date or boolean. */
  unreadable?: Readonly<Record<string, string>>
}

export const isDriftSetting = (value: unknown): boolean =>
  typeof value === 'boolean' || (Array.isArray(value) && value.every((each) => driftKinds.includes(each)))

export function addDrift<Value>(
  fields: Readonly<Record<string, Value>>,
  setting: DriftSetting,
  { gone, number, unreadable }: DriftPlan = {},
): Record<string, Value | string | number> {
  const has = (kind: DriftKind): boolean => (typeof setting === 'boolean' ? setting : setting.includes(kind))
  const result: Record<string, Value | string | number> = {
    ...fields,
    ...(has('number') && number),
    ...(has('unreadable') && unreadable),
    ...(has('unknown-field') && { futureField: 'new here' }),
  }
  if (has('gone') && gone !== undefined) delete result[gone]
  return result
}
