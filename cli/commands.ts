import { client } from './client/index.ts'
import type { Command } from './command.ts'
import { demo } from './demo/index.ts'
import { openapi } from './openapi/index.ts'
import { start } from './start.ts'
import { verify } from './verify/index.ts'
import { verifyUpstream } from './verify-upstream/index.ts'

export const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  verify,
  'verify:upstream': verifyUpstream,
  client,
  openapi,
}
