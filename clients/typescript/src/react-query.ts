export * from './generated/@tanstack/react-query.gen.ts'
/** The `getNextPageParam` of every infinite query of a list. The `initialPageParam` is 0. */
export { nextOffset } from './pages.ts'
