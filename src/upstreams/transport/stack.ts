import type { Gate, Leave, Policy, Send } from './types.ts'

export type Rule = Policy | Gate

/** The first rule is the outermost. Gates that stand in a row are passed together. */
export const stack = (rules: readonly Rule[], attempt: Send): Send => {
  let send = attempt
  let row: Gate[] = []
  for (const rule of rules.toReversed()) {
    if (typeof rule !== 'function') row.unshift(rule)
    else {
      send = rule(through(row, send))
      row = []
    }
  }
  return through(row, send)
}

const through = (gates: readonly Gate[], next: Send): Send => {
  if (gates.length === 0) return next
  return async (request, signal) => {
    const entered: Leave[] = []
    try {
      for (const gate of gates) {
        const leave = gate.enter(request, signal)
        entered.push(typeof leave === 'function' ? leave : await leave)
      }
      const value = await next(request, signal)
      for (let at = entered.length - 1; at >= 0; at -= 1) void entered[at]?.(null)
      return value
    } catch (error) {
      for (let at = entered.length - 1; at >= 0; at -= 1) {
        const left = entered[at]?.({ error })
        if (left) await left
      }
      throw error
    }
  }
}
