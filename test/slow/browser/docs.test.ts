import { mkdirSync } from 'node:fs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoClients, demoKeys } from '../../../cli/demo/keys.ts'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { writeClients, writeDocument } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const screenshots = `${import.meta.dirname}/../../../coverage/screenshots`

describe.skipIf(skipsBrowser)('Swagger UI at /docs', () => {
  let foyer: SandboxGateway
  let browser: Browser
  let base: string
  const clients = writeClients({
    web: { scopes: ['properties:read'], grants: { agents: ['agent1@example.com'] } },
  })

  beforeAll(async () => {
    foyer = await openSandboxAndGateway({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
    base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
  })

  afterAll(async () => {
    await browser?.close()
    await foyer?.close()
  })

  /** Opens the operation, executes it for sid 10101, and reads the reply from the page. */
  const executed = async (page: Page): Promise<{ status: string; body: unknown }> => {
    await page.goto(`${base}/docs`)
    const operation = page.locator('.opblock', { has: page.locator('[data-path="/properties/{sid}"]') })
    await operation.locator('.opblock-summary-method').click()
    await operation.locator('tr[data-param-name="sid"] input').fill('10101')
    await operation.getByRole('button', { name: 'Execute' }).click()
    const reply = operation.locator('.live-responses-table')
    await reply.waitFor()
    return {
      status: await reply.locator('.response-col_status').last().innerText(),
      body: JSON.parse(await reply.locator('.highlight-code pre').first().innerText()),
    }
  }

  const authorize = async (page: Page, key: string): Promise<void> => {
    await page.getByRole('button', { name: 'Authorize' }).first().click()
    const form = page.locator('.auth-container', { hasText: 'X-API-Key' })
    await form.locator('input').fill(key)
    await form.getByRole('button', { name: 'Authorize', exact: true }).click()
    await form.getByRole('button', { name: 'Close' }).click()
  }

  test('without a key an operation shows its 401; with one, its 200, also after a reload', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } })
    page.setDefaultTimeout(60_000)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))

    const refused = await executed(page)
    expect(refused.status).toContain('401')
    expect(refused.body).toMatchObject({ code: 'unauthenticated', status: 401 })

    await authorize(page, clients.keys.web)
    const { status, body } = await executed(page)
    expect(status).toContain('200')
    expect(body).toMatchObject({ sid: 10101, listPrice: 2_300_000, bedroomsTotal: 2, livingArea: null })
    expect(faults).toEqual([])
    await page.screenshot({ path: `${screenshots}/docs.png` })
    await page.close()
  })
})

/** Presses Tab until the element has the focus, and returns the number of times, or infinity. */
const countTabStops = async (page: Page, target: Locator): Promise<number> => {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return presses
    await page.keyboard.press('Tab')
  }
  return Number.POSITIVE_INFINITY
}

describe.skipIf(skipsBrowser)('Swagger UI of the demo, on a phone in the dark', () => {
  let foyer: SandboxGateway
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    const env = {
      FOYER_AUTH: 'required',
      FOYER_CLIENTS_FILE: writeDocument(demoClients),
      FOYER_DEMO_KEY: demoKeys.brokerage,
    }
    foyer = await openSandboxAndGateway({ env })
    const base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
    page = await browser.newPage({
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    })
    page.setDefaultTimeout(60_000)
    complaints = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${base}/docs`)
    await page.locator('.opblock').first().waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await foyer?.close()
  })

  const operationAt = (path: string, method = 'get') =>
    page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) })

  test('operations have the order of the document, by resource, each with a summary', async () => {
    const groups = await page
      .locator('.opblock-tag')
      .evaluateAll((tags) =>
        tags.map((tag) => [tag.querySelector('span')?.textContent, tag.querySelector('small')?.textContent]),
      )
    const document = (await foyer.app.inject('/openapi.json')).json<{ tags: { name: string; description: string }[] }>()
    expect(groups).toEqual(document.tags.map(({ name, description }) => [name, description]))
  })

  test('the key is filled in, and the keyboard is enough to get a response and its curl command', async () => {
    const operation = operationAt('/leads')
    expect(await countTabStops(page, operation.locator('.opblock-summary-control'))).toBeLessThan(80)
    await page.keyboard.press('Enter')
    const execute = operation.getByRole('button', { name: 'Execute' })
    await execute.waitFor()
    expect(await countTabStops(page, execute)).toBeLessThan(20)
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await page.keyboard.press('Enter')

    await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
    const snippets = operation.locator('.request-snippets')
    expect(await snippets.locator('.curl').innerText()).toContain(`-H 'X-API-Key: ${demoKeys.brokerage}'`)
    const titles = await snippets.innerText()
    expect([titles.includes('(bash)'), titles.includes('(PowerShell)'), titles.includes('(CMD)')]).toEqual([
      true,
      true,
      false,
    ])
    // Fifty leads with syntax colours are thousands of elements.
    expect(await operation.locator('.live-responses-table .highlight-code span').count()).toBe(0)
  })

  test('an operation is short: filters with an operator and the samples of errors are shown on demand', async () => {
    const operation = operationAt('/events/{eventId}/properties')
    await operation.locator('.opblock-summary-control').click()
    const filter = operation.locator('[data-param-name="city[in]"] input')
    const sample = operation.locator('[data-code="404"] .microlight')
    await operation.getByRole('button', { name: 'Execute' }).waitFor()
    expect([await filter.count(), await sample.count()]).toEqual([0, 0])

    await operation.getByRole('button', { name: '36 filters with an operator' }).click()
    await filter.fill('San Diego,Vancouver')
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.locator('.request-url', { hasText: 'city%5Bin%5D=San%20Diego%2CVancouver' }).waitFor()

    await operation.getByRole('button', { name: 'not-found', exact: true }).click()
    expect(JSON.parse(await sample.innerText())).toMatchObject({ code: 'not-found', status: 404 })
    await operation.locator('.opblock-summary-control').click()
  })

  test('the address of an operation opens it', async () => {
    const other = await browser.newPage()
    other.setDefaultTimeout(60_000)
    await other.goto(`${page.url().replace(/#.*/, '')}#/Leads/listLeads`)
    await other.getByRole('button', { name: 'Execute' }).waitFor()
    expect(await other.locator('.opblock.is-open [data-path]').getAttribute('data-path')).toBe('/leads')
    await other.close()
  })

  test.each([
    ['post', '/events/{eventId}/properties', '201'],
    ['get', '/leads/export', '200'],
  ])('%s %s works as it is filled in', async (method, path, status) => {
    const operation = operationAt(path, method)
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.locator('.live-responses-table .response-col_status', { hasText: status }).waitFor()
  })

  test('the page fits a phone, is dark, and obeys the security policy', async () => {
    const { scroll, inner, isDark } = (await page.evaluate(
      `({ scroll: document.documentElement.scrollWidth, inner: innerWidth, isDark: document.documentElement.classList.contains('dark-mode') })`,
    )) as { scroll: number; inner: number; isDark: boolean }
    expect({ scroll, inner, isDark }).toEqual({ scroll: 360, inner: 360, isDark: true })
    expect(complaints).toEqual([])
    await page.screenshot({ path: `${screenshots}/docs-phone.png` })
  })

  test('a logout is permanent', async () => {
    await page.evaluate('scrollTo(0, 0)')
    await page.getByRole('button', { name: 'Authorize' }).first().click()
    await page.getByRole('button', { name: 'Logout' }).click()
    await page.reload()
    const locks = page.locator('.auth-wrapper .authorize')
    await locks.waitFor()
    expect(await locks.getAttribute('class')).toContain('unlocked')
  })
})
