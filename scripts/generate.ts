/** `npm run generate`: all that follows from the code; with `--check` it says what is stale. */
import './openapi.ts'
import './docs.ts'
