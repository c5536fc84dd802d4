import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

// The headless shell takes a third less CPU time than a browser with windows.
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The path of an installed browser. Without one, the browser tests are skipped, except in CI, where they fail. */
export const browserPath: string | undefined = names
  .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

export const skipsBrowser = browserPath === undefined && !process.env.CI

if (skipsBrowser)
  process.stderr.write('Skipped: browser tests, since neither chromium-headless-shell nor chromium is on PATH.\n')

export const openBrowser = (): Promise<Browser> => {
  if (browserPath === undefined) throw new Error('no chromium on PATH')
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--in-process-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
