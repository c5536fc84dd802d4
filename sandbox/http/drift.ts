/** What a record may carry that nobody expects. */
export const surprises = ['unknown-field', 'gone', 'number', 'unreadable'] as const

export type Surprise = (typeof surprises)[number]

/** True: all of them. */
export type DriftSetting = boolean | readonly Surprise[]

/** Which fields of a record are spoiled, and how. */
export interface DriftPlan {
  /** Left out. */
  gone?: string
  /** A number where text was. */
  number?: Readonly<Record<string, number>>
  /** What no reader can make anything of: a price, a date, a yes or no. */
  unreadable?: Readonly<Record<string, string>>
}

export const isDriftSetting = (value: unknown): boolean =>
  typeof value === 'boolean' || (Array.isArray(value) && value.every((each) => surprises.includes(each)))

export function addDrift<Value>(
  fields: Readonly<Record<string, Value>>,
  setting: DriftSetting,
  { gone, number, unreadable }: DriftPlan = {},
): Record<string, Value | string | number> {
  const has = (surprise: Surprise): boolean => (typeof setting === 'boolean' ? setting : setting.includes(surprise))
  const spoiled: Record<string, Value | string | number> = {
    ...fields,
    ...(has('number') && number),
    ...(has('unreadable') && unreadable),
    ...(has('unknown-field') && { futureField: 'new here' }),
  }
  if (has('gone') && gone !== undefined) delete spoiled[gone]
  return spoiled
}
