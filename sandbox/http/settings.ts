type Checks<Settings> = { [Name in keyof Settings]: (value: unknown) => boolean }

export const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
export const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0
export const isText = (value: unknown): boolean => typeof value === 'string'
export const createChoiceCheck =
  (...choices: readonly unknown[]) =>
  (value: unknown): boolean =>
    choices.includes(value)

/** Settings that can change while the sandbox runs. Unknown names and invalid values are rejected. */
export function createSettings<Settings extends object>(defaults: Settings, checks: Checks<Settings>) {
  let current: Settings = { ...defaults }
  const isName = (name: string): name is keyof Settings & string => Object.hasOwn(checks, name)
  return {
    current: (): Readonly<Settings> => current,
    set: (changes: Partial<Settings>): Readonly<Settings> => {
      for (const [name, value] of Object.entries(changes)) {
        if (!isName(name)) throw new TypeError(`There is no setting called ${name}`)
        if (!checks[name](value)) throw new TypeError(`${JSON.stringify(value)} is no value for the setting ${name}`)
      }
      current = { ...current, ...changes }
      return current
    },
    reset: (): void => {
      current = { ...defaults }
    },
  }
}
