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
      const last = leaveAll(entered, null)
      if (last) await last
      return value
    } catch (error) {
      await leaveAll(entered, { error })
      throw error
    }
  }
}

/** The last first, and each once. A defect of one must not keep the others' places taken, nor hide what befell the call. */
const leaveAll = (entered: Leave[], failure: Parameters<Leave>[0]): Promise<void> | undefined => {
  for (let leave = entered.pop(); leave; leave = entered.pop()) {
    const left = attempted(leave, failure)
    if (left) return left.catch(() => {}).then(() => leaveAll(entered, failure))
  }
  return undefined
}

const attempted = (leave: Leave, failure: Parameters<Leave>[0]): Promise<void> | undefined => {
  try {
    const left = leave(failure)
    return left instanceof Promise ? left : undefined
  } catch {
    return undefined
  }
}
