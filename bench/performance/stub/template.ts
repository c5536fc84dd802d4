/** A prepared body with placeholders for digits, so that each rendering has different bytes of the same length. */
export interface Template {
  /** `count`: null renders the same bytes each time. */
  render(count: number | null): Buffer
}

/** A placeholder for seven digits. */
export const digits = '#######'

const modulus = 10 ** digits.length

const findPlaces = (text: Buffer): number[] => {
  const places: number[] = []
  for (let at = text.indexOf(digits); at >= 0; at = text.indexOf(digits, at + digits.length)) places.push(at)
  return places
}

const writeNumbers = (body: Buffer, places: readonly number[], count: number): void => {
  for (const [index, place] of places.entries()) {
    const number = (count * places.length + index) % modulus
    body.write(String(number).padStart(digits.length, '0'), place, 'latin1')
  }
}

export const createTemplate = (value: unknown): Template => {
  const unchanged = Buffer.from(JSON.stringify(value))
  const places = findPlaces(unchanged)
  writeNumbers(unchanged, places, 0)
  return {
    render: (count) => {
      if (count === null) return unchanged
      const body = Buffer.from(unchanged)
      writeNumbers(body, places, count)
      return body
    },
  }
}
