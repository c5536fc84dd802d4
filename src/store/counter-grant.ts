/** Returns a non-negative integer, also if the counter is past its cap or a number is NaN. */
export const computeGrant = (drawn: number, amount: number, cap: number): number =>
  Math.max(0, Math.floor(Math.min(amount, cap - drawn))) || 0
