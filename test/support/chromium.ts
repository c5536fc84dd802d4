import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser of this machine. Undefined if there is none; tests that need one are then skipped, except in CI. */
export const browserPath: string | undefined = (process.env.PATH ?? '')
  .split(':')
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path))

export const skipsBrowser = browserPath === undefined && !process.env.CI

if (skipsBrowser) process.stderr.write('Skipped: browser tests, since no chromium is on PATH.\n')

export const openBrowser = (): Promise<Browser> => {
  if (browserPath === undefined) throw new Error('no chromium on PATH')
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
