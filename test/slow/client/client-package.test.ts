import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoClients, demoKeys } from '../../../cli/demo/keys.ts'
import { clientFolder, findRun, installPacked, typeCheck } from '../../support/client-package.ts'
import { writeDocument } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'
import { installTool } from '../../support/tools.ts'

let foyer: SandboxGateway
let base: string
let folder: string

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: writeDocument(demoClients) },
  })
  base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  folder = await installPacked(['@tanstack/react-query', '@types/node'])
})

afterAll(async () => {
  await foyer?.close()
  rmSync(folder, { recursive: true, force: true })
})

const readme = readFileSync(join(clientFolder, 'README.md'), 'utf8')

/** Each example and its expected output. */
const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
const printed = [
  /^231 Seawall Ave\. 2300000\n3 of \d{2,}\ntrue\n$/,
  /^(20\d\d-\S+Z \d+\n)*next time: \{ after: \d{2,} \}\n$/,
  /^signed in: \d+ \{ after: \d{2,} \}\n$/,
  /^no such property: 404\n$/,
  /^changed to \d+\n$/,
  /^2300000 2\n$/,
]

/** The compiler's errors for a program, with and without mistakes. */
const typed = `
import { createFoyer, FoyerProblem, listEventProperties, listLeads, listenToFeed, paginate, readFeed, type Lead, type ProblemCode } from 'foyer-client'

const client = createFoyer({ baseUrl: '', apiKey: '' })
const page = await listLeads({ client, query: { hasAgent: 'null', 'sid[in]': '1,2' } })
const [lead] = page.data
export const name: string | null | undefined = lead?.fullName
export const opened: boolean | null | undefined = lead?.autoEmail?.opened
export const leads: AsyncGenerator<Lead, void> = paginate(listLeads, { client, query: { brokerageId: 'b1001' } })
for await (const { city } of paginate(listEventProperties, { client, path: { eventId: '7' } })) city satisfies string | null
for await (const { data, cursor, isRestart } of readFeed({ client, query: {} })) {
  ;[data, cursor, isRestart] satisfies [Lead[], string, boolean]
}
for await (const { lead, cursor, isRestart } of listenToFeed({ client, query: {}, onError: (error: unknown) => error })) {
  ;[lead, cursor, isRestart] satisfies [Lead, string, boolean]
}
export const codeOf = (error: unknown): ProblemCode | null => (error instanceof FoyerProblem ? error.code : null)
createFoyer({ baseUrl: '', token: async () => 'jwt' })

// @ts-expect-error a key and a token
createFoyer({ baseUrl: '', apiKey: '', token: '' })
// @ts-expect-error neither
createFoyer({ baseUrl: '' })
// @ts-expect-error an unknown parameter
listLeads({ client, query: { brokerage: 'b1001' } })
// @ts-expect-error an operator that there is not
listLeads({ client, query: { 'agentEmail[gt]': 'a@example.com' } })
// @ts-expect-error a list in place of text
listLeads({ client, query: { 'sid[in]': [1, 2] } })
// @ts-expect-error no client
listLeads({ query: { brokerageId: 'b1001' } })
// @ts-expect-error it may be null
export const wrong: string | undefined = lead?.fullName
// @ts-expect-error no list
paginate(readFeed, { client, query: {} })
// @ts-expect-error misspelt
export const isUnknown = (problem: FoyerProblem) => problem.code === 'unknown-propety'
`

test('the packed client type-checks: every example of its README, and what it must and must not take', async () => {
  expect(examples).toHaveLength(printed.length)
  const files = ['typed.ts', ...examples.map((_, index) => `example-${index}.ts`)]
  for (const [index, code] of examples.entries()) {
    const local = code.replaceAll('http://127.0.0.1:3000', base)
    expect(local).toContain(demoKeys.brokerage)
    writeFileSync(join(folder, `example-${index}.ts`), local)
  }
  writeFileSync(join(folder, 'typed.ts'), typed)

  expect(await typeCheck(folder, files)).toEqual([])

  const said = await Promise.all(examples.map((_, index) => findRun(folder, `example-${index}.ts`)))
  for (const [index, text] of said.entries()) expect(text).toMatch(printed[index] as RegExp)
})

test.for(['5.4.5', '6.0.3'])(
  'TypeScript %s accepts its declarations and its use under strict, without skipLibCheck',
  async (version) => {
    const compiler = await installTool('typescript', version)
    writeFileSync(join(folder, 'typed.ts'), typed)
    const options = { skipLibCheck: false, types: [] }
    expect(await typeCheck(folder, ['typed.ts'], { compiler, options })).toEqual([])
  },
)

test('plain JavaScript imports it, and needs no peer for that', async () => {
  const { exports, peerDependenciesMeta, version } = JSON.parse(
    readFileSync(join(clientFolder, 'package.json'), 'utf8'),
  )
  const document = JSON.parse(readFileSync(join(clientFolder, '../../openapi/foyer.json'), 'utf8'))
  expect(Object.keys(exports)).toEqual(['.', './react-query'])
  expect(peerDependenciesMeta).toEqual({ '@tanstack/react-query': { optional: true } })
  expect(version).toBe(document.info.version)
  rmSync(join(folder, 'node_modules/@tanstack'), { recursive: true })
  const code = `
    import { createFoyer, getHealthLive } from 'foyer-client'
    console.log(await getHealthLive({ client: createFoyer({ baseUrl: '${base}/', apiKey: 'none' }) }))
  `
  writeFileSync(join(folder, 'plain.js'), code)
  expect(await findRun(folder, 'plain.js')).toContain("status: 'ok'")
})
