import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from '../../support/axe.ts'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { type Demo, startDemo } from '../../support/demo.ts'

const screenshots = `${import.meta.dirname}/../../../coverage/screenshots`

const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const

type Look = (typeof looks)[number]

describe.skipIf(skipsBrowser)('WCAG 2.2, level AA', () => {
  let demo: Demo
  let browser: Browser

  beforeAll(async () => {
    demo = await startDemo({}, {}, ['--leads', '3000'])
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
  })

  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  const onPage = async (url: string, { colorScheme, width }: Look, use: (page: Page) => Promise<void>) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await page.goto(url)
    await use(page)
    await context.close()
  }

  const operationAt = (page: Page, method: string, path: string) =>
    page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) })

  /** Opens an operation with its filters and the samples of an error. */
  const openOperation = async (page: Page, method: string, path: string): Promise<void> => {
    const operation = operationAt(page, method, path)
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Execute' }).waitFor()
    for (const toggle of (await operation.locator('.foyer-toggle').all()).slice(0, 2)) await toggle.click()
  }

  test.each(looks)('holds for /docs with open operations, $colorScheme, $width px', async (look) => {
    await onPage(`${demo.url}/docs`, look, async (page) => {
      await page.locator('.opblock').first().waitFor()
      await page.screenshot({ path: `${screenshots}/docs-${look.colorScheme}-${look.width}.png` })
      await openOperation(page, 'get', '/leads')
      await openOperation(page, 'post', '/events/{eventId}/properties')
      await openOperation(page, 'patch', '/events/{eventId}/properties/{id}')
      await openOperation(page, 'delete', '/events/{eventId}/properties/{id}')
      const leads = operationAt(page, 'get', '/leads')
      await leads.getByRole('button', { name: 'Execute' }).click()
      await leads.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
      await leads.getByText('Schema', { exact: true }).first().click()
      await leads.screenshot({ path: `${screenshots}/docs-operation-${look.colorScheme}-${look.width}.png` })
      await page.getByRole('button', { name: 'Expand all' }).first().click()
      expect(await findViolations(page)).toEqual([])

      await page.evaluate('scrollTo(0, 0)')
      await page.getByRole('button', { name: 'Authorize' }).first().click()
      // The rest of the page is the same as before.
      expect(await findViolations(page, '.dialog-ux')).toEqual([])
    })
  })

  test.each(looks)('holds for the board and a lead, $colorScheme, $width px', async (look) => {
    await onPage(demo.board, look, async (page) => {
      await page.getByText('Live', { exact: true }).waitFor()
      await fetch(`${demo.spacio}/__leads`, { method: 'POST', body: '{"sid": 10101, "name": "Jo Visitor"}' })
      await page.getByText('Jo Visitor', { exact: true }).first().waitFor()
      expect(await findViolations(page)).toEqual([])

      await page.getByRole('link', { name: 'Jo Visitor' }).first().click()
      await page.getByText('231 Seawall Ave.').waitFor()
      await page.screenshot({ path: `${screenshots}/board-lead-${look.colorScheme}-${look.width}.png` })
      expect(await findViolations(page)).toEqual([])
      await page.getByRole('button', { name: 'Close' }).click()

      await page.getByLabel('API key').fill('wrong')
      await page.keyboard.press('Enter')
      await page.getByText('This API key is not valid.').waitFor()
      expect(await findViolations(page)).toEqual([])
    })
  })

  const pages = [
    '/',
    '/problems',
    '/problems/invalid-request',
    '/problems/upstream-rate-limited',
    '/connections/callback?state=wrong',
  ]

  test.each(pages.flatMap((path) => looks.map((look) => ({ path, ...look }))))(
    'holds for $path, $colorScheme, $width px',
    async ({ path, ...look }) => {
      await onPage(`${demo.url}${path}`, look, async (page) => {
        expect(await page.locator('h1').count()).toBe(1)
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        expect(await findViolations(page)).toEqual([])
      })
    },
  )
})
