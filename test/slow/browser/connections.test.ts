/** The whole OAuth flow in a real browser: LionDesk's page, a click, and the gateway's page. */
import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { listConnections, openConnectedGateway, openSandbox, startAuthorization } from '../../support/connections.ts'
import { freePort } from '../../support/demo.ts'

const screenshots = `${import.meta.dirname}/../../../coverage/screenshots`

describe.skipIf(skipsBrowser)('connecting in a browser', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
  })

  afterAll(() => browser?.close())

  const openGatewayForBrowsers = async () => {
    const sandbox = await openSandbox()
    const port = await freePort()
    const gateway = await openConnectedGateway(sandbox, { PORT: String(port) })
    await gateway.app.listen({ host: '127.0.0.1', port })
    return gateway
  }

  const visit = async (url: string): Promise<{ page: Page; faults: string[]; requests: string[] }> => {
    const page = await browser.newPage()
    const faults: string[] = []
    const requests: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      // Browsers request a favicon from every site. The sandbox has none.
      if (!message.location().url.endsWith('/favicon.ico')) faults.push(message.text())
    })
    await page.goto(url)
    page.on('request', (request) => requests.push(request.resourceType()))
    return { page, faults, requests }
  }

  test('consent: the page says so, and the events can be read', async () => {
    const gateway = await openGatewayForBrowsers()
    const { id, authorizeUrl } = await startAuthorization(gateway)
    const { page, faults, requests } = await visit(authorizeUrl)

    const [reply] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/connections/callback')),
      page.getByRole('button', { name: 'Allow' }).click(),
    ])
    expect(reply.status()).toBe(200)
    await page.getByRole('heading', { name: 'Connect LionDesk to “local”?' }).waitFor()
    await page.screenshot({ path: `${screenshots}/confirm.png` })
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('heading', { name: 'LionDesk is connected' }).waitFor()

    expect(await page.title()).toBe('LionDesk is connected')
    expect(new Set(requests.filter((kind) => kind !== 'other'))).toEqual(new Set(['document']))
    expect(faults).toEqual([])
    await page.screenshot({ path: `${screenshots}/connected.png` })
    expect(await listConnections(gateway)).toMatchObject([{ id, status: 'connected' }])
    expect((await gateway.get('/events/7/properties')).status).toBe(200)

    const again = await page.reload()
    expect(again?.status()).toBe(400)
    await page.getByText('was already used').waitFor()
    await page.close()
  })

  test('refusal: the page says that nothing was connected', async () => {
    const gateway = await openGatewayForBrowsers()
    const { page } = await visit((await startAuthorization(gateway)).authorizeUrl)
    await page.getByRole('button', { name: 'Refuse' }).click()
    await page.getByRole('heading', { name: 'LionDesk was not connected' }).waitFor()
    await page.getByText('the user denied access').waitFor()
    await page.screenshot({ path: `${screenshots}/not-connected.png` })
    expect(await listConnections(gateway)).toEqual([])
    await page.close()
  })
})
