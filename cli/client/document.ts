/** Reads and writes the file that contains the clients. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readClientsFile, readJson, readTenantsFile } from '#src/config/config-files.ts'
import { UsageError } from '../command.ts'

export interface Entry {
  id: string
  keyHash?: string
  keyHashes?: string[]
  scopes: string[]
  grants?: Record<string, '*' | string[]>
}

interface Content {
  clients?: Entry[]
  tenants?: { id: string; clients?: Entry[] }[]
}

export interface ClientsDocument {
  /** The clients of the selected tenant. */
  readonly clients: Entry[]
  save(): void
}

const listClients = ({ clients, tenants }: Content, wanted: string | undefined): Entry[] => {
  if (clients) return clients
  if (wanted === undefined) throw new UsageError('--tenant is required, because the file has several tenants')
  const tenant = tenants?.find(({ id }) => id === wanted)
  if (!tenant) throw new UsageError(`there is no tenant ${wanted}`)
  tenant.clients ??= []
  return tenant.clients
}

const read = (path: string): Content => {
  if (!existsSync(path)) return { clients: [] }
  try {
    return readJson('--file', path) as Content
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

export const openDocument = (path: string, tenant: string | undefined): ClientsDocument => {
  const content = read(path)
  return {
    clients: listClients(content, tenant),
    /** Writes a temporary file and renames it, so that a gateway never reads an incomplete file. */
    save: () => {
      const siblingPath = `${path}.${process.pid}.tmp`
      try {
        writeFileSync(siblingPath, toText(content), { mode: 0o600 })
        if (content.clients) readClientsFile('The file', siblingPath)
        else readTenantsFile('The file', siblingPath)
        renameSync(siblingPath, path)
      } finally {
        rmSync(siblingPath, { force: true })
      }
    },
  }
}

const toText = (content: Content): string => `${JSON.stringify(content, null, 2)}\n`
