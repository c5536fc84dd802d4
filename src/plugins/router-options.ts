/** `/leads/` is the same URL as `/leads`, and a path parameter has at most 300 characters. */
export const routerOptions = { ignoreTrailingSlash: true, maxParamLength: 300 } as const
