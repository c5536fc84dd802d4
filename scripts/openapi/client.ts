/** The generated part of clients/typescript. */
import { rm, writeFile } from 'node:fs/promises'
import { createClient } from '@hey-api/openapi-ts'
import { describeProblem, problemCodes } from '#src/problems.ts'

/** A code is plain text in the contract, so that one more breaks nobody; the client knows those of its version. */
const hasKnownCodes = (schema: { properties?: object }): void => {
  Object.assign((schema.properties as { code: object }).code, { enum: problemCodes })
}

/** Writes it into a folder, and clears away what was in there. */
export const writeClient = async (document: unknown, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await createClient({
    input: structuredClone(document) as Record<string, unknown>,
    output: { path: folder, importFileExtension: '.ts' },
    parser: { patch: { schemas: { Problem: hasKnownCodes, ProblemKind: hasKnownCodes } } },
    plugins: [
      '@hey-api/typescript',
      // No address but the one that a client is made with, and no client but one that is made.
      { name: '@hey-api/client-fetch', baseUrl: false, throwOnError: true },
      { name: '@hey-api/sdk', client: false, responseStyle: 'data' },
      '@tanstack/react-query',
    ],
    logs: { level: 'silent', file: false },
  })
  await writeFile(`${folder}/problems.gen.ts`, renderCatalogueModule())
}

const renderCatalogueModule = (): string => {
  const entries = problemCodes
    .map((code) => describeProblem(code))
    .map(({ code, status, retryable }) => {
      return `  '${code}': { status: ${status}, retryable: ${retryable} },\n`
    })
  return [
    '// This file is auto-generated from the catalogue of problems\n\n',
    '/** Of each problem its status, and whether the same request may succeed later without a change. */\n',
    `export const catalogue = {\n${entries.join('')}} as const;\n\n`,
    'export type ProblemCode = keyof typeof catalogue;\n',
  ].join('')
}
