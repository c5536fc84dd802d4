type Operation = (...args: unknown[]) => Promise<unknown>

/** Runs each operation of a store through `run`. */
export const wrapOperations = <Operations extends object>(
  operations: Operations,
  run: <T>(operation: () => Promise<T>) => Promise<T>,
): Operations => {
  const wrapped = Object.entries(operations).map(([name, operation]) => [
    name,
    (...args: unknown[]) => run(() => (operation as Operation)(...args)),
  ])
  return Object.fromEntries(wrapped)
}
