import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

describe.skipIf(skipsBrowser)('the policy of the documentation', () => {
  let gateway: TestGateway
  let browser: Browser
  let base: string

  beforeAll(async () => {
    gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9' })
    base = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
  })

  test('lets its own page work and nothing else in', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(`${base}/docs`)
    const operation = page.locator('.opblock', { has: page.locator('[data-path="/health/live"]') })
    await operation.locator('.opblock-summary').click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.locator('.live-responses-table').waitFor()
    expect(complaints).toEqual([])

    const isRun = await page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', () => resolve('refused'))
      const script = document.createElement('script')
      script.textContent = 'document.title = "run"'
      document.body.append(script)
      if (document.title === 'run') resolve('run')
    })`)
    expect(isRun).toBe('refused')
    await page.close()
  })
})
