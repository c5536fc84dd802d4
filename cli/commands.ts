import { client } from './client/index.ts'
import type { Command } from './command.ts'
import { demo } from './demo/index.ts'
import { openapi } from './openapi.ts'
import { start } from './start.ts'
import { verifyUpstream } from './verify-upstream/index.ts'

export const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  'verify:upstream': verifyUpstream,
  client,
  openapi,
}
