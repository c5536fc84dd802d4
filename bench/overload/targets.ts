/** The targets of the benchmark. Each is a ratio within one run, because the machine may be busy. */
export interface Target {
  readonly name: string
  readonly value: number
  readonly limit: number
  readonly isUpperLimit: boolean
  readonly unit: '%' | '×' | 's'
}

const formatFigure = (value: number, unit: Target['unit']): string =>
  unit === '%' ? `${(100 * value).toFixed(1)} %` : `${value.toFixed(2)} ${unit}`

export const createMinTarget = (name: string, value: number, limit: number, unit: Target['unit'] = '%'): Target => ({
  ...{ name, value, limit, unit },
  isUpperLimit: false,
})

export const createMaxTarget = (name: string, value: number, limit: number, unit: Target['unit'] = '%'): Target => ({
  ...{ name, value, limit, unit },
  isUpperLimit: true,
})

export const isMet = ({ value, limit, isUpperLimit }: Target): boolean =>
  isUpperLimit ? value <= limit : value >= limit

export const formatRow = (target: Target): string => {
  const { name, value, limit, isUpperLimit, unit } = target
  const bound = `${isUpperLimit ? '≤' : '≥'} ${formatFigure(limit, unit)}`
  return `| ${name} | ${formatFigure(value, unit)} | ${bound} | ${isMet(target) ? 'met' : '**missed**'} |\n`
}
