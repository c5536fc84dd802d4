import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../support/chromium.ts'
import { type House, openHouse } from '../support/house.ts'

const screenshots = `${import.meta.dirname}/../../coverage/screenshots`

describe.skipIf(skipsBrowser)('Swagger UI at /docs', () => {
  let house: House
  let browser: Browser
  let base: string

  beforeAll(async () => {
    house = await openHouse()
    base = await house.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
  })

  afterAll(async () => {
    await browser?.close()
    await house?.close()
  })

  test('an operation is expanded, executed, and its 200 body read from the page', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } })
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${base}/docs`)

    const operation = page.locator('.opblock', { has: page.locator('[data-path="/properties/{sid}"]') })
    await operation.locator('.opblock-summary').click()
    await operation.locator('tr[data-param-name="sid"] input').fill('10101')
    await operation.getByRole('button', { name: 'Execute' }).click()

    const reply = operation.locator('.live-responses-table')
    await reply.waitFor()
    expect(await reply.locator('.response-col_status').last().innerText()).toContain('200')
    const body = JSON.parse(await reply.locator('.highlight-code pre').first().innerText()) as unknown
    expect(body).toMatchObject({ sid: 10101, listPrice: 2_300_000, bedroomsTotal: 2, livingArea: null })
    expect(faults).toEqual([])
    await page.screenshot({ path: `${screenshots}/docs.png` })
    await page.close()
  })
})
