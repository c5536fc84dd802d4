import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { unpackClient } from '../client-package.ts'
import { type Demo, freePort, startDemo } from '../demo.ts'
import { root } from './pages.ts'

/** The environment of the examples: a demo on free ports, and a folder. */
export interface ExampleSandbox {
  folder: string
  /** Returns the code of a page with the ports and files of this environment. */
  adaptCode(code: string): string
  close(): Promise<void>
}

const getPort = (url: string): string => new URL(url).port

export const openExampleSandbox = async (): Promise<ExampleSandbox> => {
  const demo: Demo = await startDemo()
  // Inside the repository, so that Node finds its packages. Git ignores this name.
  const folder = await mkdtemp(join(root, 'coverage-client-docs-'))
  await unpackClient(folder)
  const ports: Record<string, string> = {
    3000: getPort(demo.url),
    3001: String(await freePort()),
    3010: getPort(demo.board),
    4010: getPort(demo.spacio),
    4020: getPort(demo.liondesk),
  }
  return {
    folder,
    adaptCode: (code) =>
      code
        .replace(/(?<=127\.0\.0\.1:|\bPORT=)\d{4}\b/g, (port) => ports[port] ?? port)
        .replaceAll('=clients.json', `=${folder}/clients.json`),
    close: async () => {
      await demo.stop()
      await rm(folder, { recursive: true })
    },
  }
}
