type Operation = (options: never) => Promise<unknown>

/** Operations throw on errors, so their data is never undefined. */
type DataOf<Run extends Operation> = Exclude<Awaited<ReturnType<Run>>, undefined>

/**
 * Runs an operation and also returns the `ETag` of its reply. Send it as `If-Match` with the next write. It is null if the
 * reply has none: `const { data, entityTag } = await withEntityTag(getEventProperty, { client, path })`.
 */
export const withEntityTag = async <Run extends Operation>(
  run: Run,
  options: Parameters<Run>[0],
): Promise<{ data: DataOf<Run>; entityTag: string | null }> => {
  const { data, response } = (await run({ ...(options as object), responseStyle: 'fields' } as never)) as {
    data: DataOf<Run>
    response: Response
  }
  return { data, entityTag: response.headers.get('etag') }
}
