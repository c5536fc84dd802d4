import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../support/chromium.ts'
import { writeClients } from '../support/clients.ts'
import { type House, openHouse } from '../support/house.ts'

const screenshots = `${import.meta.dirname}/../../coverage/screenshots`

describe.skipIf(skipsBrowser)('Swagger UI at /docs', () => {
  let house: House
  let browser: Browser
  let base: string
  const clients = writeClients({
    web: { scopes: ['properties:read'], grants: { agents: ['agent1@example.com'] } },
  })

  beforeAll(async () => {
    house = await openHouse({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
    base = await house.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
  })

  afterAll(async () => {
    await browser?.close()
    await house?.close()
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
    await form.getByRole('button', { name: 'Apply credentials' }).click()
    await form.getByRole('button', { name: 'Close' }).click()
  }

  test('without a key an operation shows its 401; with one, its 200, also after a reload', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } })
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
