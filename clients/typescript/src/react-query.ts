export * from './generated/@tanstack/react-query.gen.ts'
/** `getNextPageParam` of every infinite query of a list; `initialPageParam` is 0. */
export { nextOffset } from './pages.ts'
