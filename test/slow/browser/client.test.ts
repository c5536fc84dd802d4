/** The typed client, bundled, in a page of another origin. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { clientFolder } from '../../support/client-package.ts'
import { everyGrant, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const bundleClient = async (): Promise<string> => {
  const build = await rolldown({ input: join(clientFolder, 'src/index.ts'), platform: 'browser' })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  return output[0].code
}

describe.skipIf(skipsBrowser)('listenToFeed in a browser', () => {
  let foyer: SandboxGateway
  let browser: Browser
  let server: Server
  let page: Page
  let baseUrl: string
  const clients = writeClients({ web: { scopes: ['leads:read'], grants: { ...everyGrant, brokerages: ['b1001'] } } })

  beforeAll(async () => {
    const code = await bundleClient()
    server = createServer(({ url }, response) => {
      const isCode = url === '/client.js'
      response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html')
      response.end(isCode ? code : '<!DOCTYPE html><title>Page</title>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    foyer = await openSandboxAndGateway({
      sandbox: { leads: 200 },
      env: {
        ...{ FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, FOYER_CORS_ORIGINS: origin },
        ...{ FOYER_FEED_FLOOR: '0.05', SPACIO_HOURLY_BUDGET: '10000000' },
      },
    })
    baseUrl = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
    page = await browser.newPage()
    await page.goto(origin)
  })

  afterAll(async () => {
    await browser?.close()
    await foyer?.close()
    server?.close()
  })

  /** Listens in the page. The page stores the names of the visitors and the code of the problem that ends the feed. */
  const listen = (brokerageId: string): Promise<unknown> =>
    page.evaluate(`(async () => {
      const { createFoyer, listenToFeed } = await import('/client.js')
      const client = createFoyer({ baseUrl: '${baseUrl}', apiKey: '${clients.keys.web}' })
      Object.assign(window, { names: [], code: null })
      const run = async () => {
        for await (const { lead } of listenToFeed({ client, query: { brokerageId: '${brokerageId}' }, pause: 10 })) names.push(lead.fullName)
      }
      run().catch((error) => { code = error.code })
    })()`)

  const arrive = (name: string) => {
    const dateCreated = new Date().toISOString().slice(0, 19).replace('T', ' ')
    foyer.sandbox.control.spacio.addLead({ sid: 10101, name, dateCreated })
  }

  const names = () => page.evaluate('names')

  test('each visitor comes once, also one who signs in while the connection is lost', async () => {
    await listen('b1001')
    await expect.poll(foyer.app.gateway.feed.countListeners).toBe(1)
    arrive('First')
    await expect.poll(names).toEqual(['First'])
    foyer.app.server.closeAllConnections()
    arrive('Second')
    await expect.poll(names).toEqual(['First', 'Second'])
  })

  test('a rejection is a typed problem', async () => {
    await listen('b1002')
    await expect.poll(() => page.evaluate('code')).toBe('forbidden')
  })
})
