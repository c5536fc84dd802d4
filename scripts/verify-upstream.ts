/** `npm run verify:upstream`: how live upstreams answer, and where they drift from the mapping tables. */
import { verify } from './verify/index.ts'

process.exitCode = await verify(process.argv.slice(2), process.env, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
