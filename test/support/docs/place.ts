import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Demo, freePort, startDemo } from '../demo.ts'
import { root } from './pages.ts'

/** Where the examples of the pages run: a demo on free ports, and a folder. */
export interface Place {
  folder: string
  /** The code of a page with the ports and files of this place in it. */
  here(code: string): string
  close(): Promise<void>
}

const portOf = (url: string): string => new URL(url).port

export const openPlace = async (): Promise<Place> => {
  const demo: Demo = await startDemo()
  // Inside the repository, so that its packages are found; by this name it is nobody's business.
  const folder = await mkdtemp(join(root, 'coverage-client-docs-'))
  const ports: Record<string, string> = {
    3000: portOf(demo.url),
    3001: String(await freePort()),
    3010: portOf(demo.board),
    4010: portOf(demo.spacio),
    4020: portOf(demo.liondesk),
  }
  return {
    folder,
    here: (code) =>
      code
        .replace(/(?<=127\.0\.0\.1:|\bPORT=)\d{4}\b/g, (port) => ports[port] ?? port)
        .replaceAll('=clients.json', `=${folder}/clients.json`),
    close: async () => {
      await demo.stop()
      await rm(folder, { recursive: true })
    },
  }
}
