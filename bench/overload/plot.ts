/** Plots the goodput of each operation relative to its best, from few clients to ten times saturation. */
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Point } from './goodput.ts'

const formatLabel = ({ loop, size }: Point): string => (loop === 'closed' ? `${size} clients` : `${size} ×`)

const getShareOfBest = (points: readonly Point[]) => (point: Point) => {
  const best = Math.max(...points.filter(({ name }) => name === point.name).map(({ goodput }) => goodput))
  return { operation: point.name, loop: point.loop, load: formatLabel(point), share: point.goodput / best }
}

const createPanel = (values: ReturnType<ReturnType<typeof getShareOfBest>>[], title: string) => ({
  width: 260,
  height: 160,
  data: { values },
  mark: { type: 'line' as const, point: true },
  encoding: {
    x: { field: 'load', type: 'ordinal' as const, sort: null, title, axis: { labelAngle: 0 } },
    y: {
      field: 'share',
      type: 'quantitative' as const,
      title: 'goodput, share of the best',
      scale: { domain: [0, 1] },
      axis: { format: '.0%', tickCount: 4 },
    },
    color: { field: 'operation', type: 'nominal' as const },
  },
})

export const plotGoodput = async (points: readonly Point[]): Promise<string> => {
  const shares = points.map(getShareOfBest(points))
  const specification: TopLevelSpec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    hconcat: [
      createPanel(
        shares.filter(({ loop }) => loop === 'closed'),
        'closed loop: number of clients',
      ),
      createPanel(
        shares.filter(({ loop }) => loop === 'open'),
        'open loop: times the saturation rate',
      ),
    ],
  }
  const view = new View(parse(compile(specification).spec), { renderer: 'none' })
  return `${await view.toSVG()}\n`
}
