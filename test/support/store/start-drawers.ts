import { expect } from 'vitest'
import { startScript } from './start-script.ts'

/** Four processes request more than twice a cap of 1,500. Returns the sum of the grants. */
export const drawTogether = async (url: string): Promise<number> => {
  const drawers = Array.from({ length: 4 }, () => startScript('drawer.ts', [url, '400', '1500']))
  const ends = await Promise.all(drawers.map(({ exit }) => exit))
  expect(ends).toEqual(drawers.map(() => ({ code: 0, complaints: '' })))
  const parts = drawers.map(({ output }) => Number(output()))
  return parts.reduce((sum, part) => sum + part, 0)
}
