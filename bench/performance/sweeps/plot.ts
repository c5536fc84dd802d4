/** Plots the sweeps: cost per unit, which is level for linear growth, and memory. */
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { type Point, type Sweep, sizes } from './sweep.ts'

export interface Curve {
  readonly sweep: Sweep
  readonly points: readonly Point[]
}

const createPanel = (
  { sweep, points }: Curve,
  title: string | string[],
  pick: (point: Point) => number,
  from: 'zero' | 'log',
) => ({
  width: 260,
  height: 120,
  data: { values: points.map((point) => ({ size: point.size, value: pick(point) })) },
  mark: { type: 'line' as const, point: true },
  encoding: {
    x: {
      field: 'size',
      type: 'quantitative' as const,
      scale: { type: 'log' as const },
      title: sweep.title,
      axis: { values: [...sizes], labelOverlap: false, format: 'd' },
    },
    y: {
      field: 'value',
      type: 'quantitative' as const,
      ...(from === 'log' && { scale: { type: 'log' as const } }),
      title,
      axis: { tickCount: 4 },
    },
  },
})

const createSpecification = (curves: readonly Curve[]): TopLevelSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'white',
  vconcat: curves.map((curve) => ({
    hconcat: [
      createPanel(curve, ['CPU ms', curve.sweep.each], ({ size, cpu }) => cpu / size, 'log'),
      createPanel(curve, 'RSS MB', ({ memory }) => memory, 'zero'),
    ],
  })),
})

export const plot = async (curves: readonly Curve[]): Promise<string> => {
  const view = new View(parse(compile(createSpecification(curves)).spec), { renderer: 'none' })
  return `${await view.toSVG()}\n`
}
