/** Generates the generated part of clients/typescript. */
import { rm, writeFile } from 'node:fs/promises'
import { createClient } from '@hey-api/openapi-ts'
import { describeProblem, problemCodes } from '#src/problems.ts'

/**
 * Codes are plain strings in the contract, so that a new code breaks no client. The typed client lists the codes of its
 * version.
 */
const hasKnownCodes = (schema: { properties?: object }): void => {
  Object.assign((schema.properties as { code: object }).code, { enum: problemCodes })
}

/** Writes the client into a folder and removes the earlier content. */
export const writeClient = async (document: unknown, folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  await createClient({
    input: structuredClone(document) as Record<string, unknown>,
    output: { path: folder, importFileExtension: '.ts' },
    parser: { patch: { schemas: { Problem: hasKnownCodes, ProblemKind: hasKnownCodes } } },
    plugins: [
      '@hey-api/typescript',
      // The base URL has no default, and there is no shared client instance.
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
