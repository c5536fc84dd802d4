/** `npm run generate` generates everything that derives from the code. With `--check`, it lists what is outdated. */
import './openapi.ts'
import './docs.ts'
