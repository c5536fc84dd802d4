/** Returns the most similar word, or undefined if more than half of the characters differ. */
export const findNearest = (word: string, words: readonly string[]): string | undefined => {
  const distances = words.map((each) => ({ each, distance: computeDistance(word.toUpperCase(), each) }))
  const [nearest] = distances.sort((a, b) => a.distance - b.distance)
  return nearest && nearest.distance <= word.length / 2 ? nearest.each : undefined
}

/** Computes the Levenshtein distance. */
const computeDistance = (one: string, other: string): number => {
  let previousRow = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const currentRow = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previousRow[column - 1] as number) + (one[row - 1] === other[column - 1] ? 0 : 1)
      const shorter = Math.min(previousRow[column] as number, currentRow[column - 1] as number) + 1
      currentRow.push(Math.min(replaced, shorter))
    }
    previousRow = currentRow
  }
  return previousRow[other.length] as number
}
