/** What a counter grants that has granted so much already: whole numbers, and never less than nothing (nor NaN). */
export const computeGrant = (drawn: number, amount: number, cap: number): number =>
  Math.max(0, Math.floor(Math.min(amount, cap - drawn))) || 0
