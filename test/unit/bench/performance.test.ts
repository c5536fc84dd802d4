import { describe, expect, it } from 'vitest'
import { getMedian } from '../../../bench/figures.ts'
import { computeShares } from '../../../bench/performance/shares.ts'
import { createTemplate } from '../../../bench/performance/stub/template.ts'
import { fitExponent, sizes } from '../../../bench/performance/sweeps/sweep.ts'

const grownBy = (cpuOf: (size: number) => number) =>
  fitExponent(sizes.map((size) => ({ size, cpu: cpuOf(size), memory: 0, refused: 0 })))

describe('the tools of the performance bench', () => {
  it('distinguish linear from faster growth', () => {
    expect(grownBy((size) => 3 * size)).toBeCloseTo(1)
    expect(grownBy((size) => 0.1 * size ** 2)).toBeCloseTo(2)
    expect(grownBy(() => 7)).toBeCloseTo(0)
  })

  it('take the middle value, or the mean of the two in the middle', () => {
    expect(getMedian([9, 1, 2])).toBe(2)
    expect(getMedian([1, 2, 3, 9])).toBe(2.5)
  })

  it('show the module that used the time of a warm process', () => {
    const frames = [
      ['(idle)', ''],
      ['load', 'node:internal/modules/esm/loader'],
      ['send', 'file:///x/node_modules/@scope/name/lib/a.js'],
      ['read', 'file:///x/src/upstreams/spacio/ask.ts'],
      ['(garbage collector)', ''],
    ]
    const nodes = frames.map(([functionName = '', url = ''], id) => ({ id, callFrame: { functionName, url } }))
    const shares = computeShares({ nodes, samples: [1, 0, 2, 3, 4, 0], timeDeltas: [400, 999, 200, 150, 50, 999] })
    expect(shares).toEqual([
      { whose: '@scope/name', percent: 50 },
      { whose: 'src/upstreams/spacio', percent: 37.5 },
      { whose: '(garbage collector)', percent: 12.5 },
    ])
  })

  it('send other bytes of the same length, or always the same', () => {
    const template = createTemplate([{ phone: '202#######' }, { phone: '203#######' }])
    const [first, second] = [template.render(1), template.render(2)]
    expect(second).toHaveLength(first.length)
    expect(second.equals(first)).toBe(false)
    expect(JSON.parse(second.toString())).toEqual([{ phone: '2020000004' }, { phone: '2030000005' }])
    expect(template.render(null).equals(template.render(null))).toBe(true)
  })
})
