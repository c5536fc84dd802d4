/** The page of docs/recipes/visitors-page.md, in a browser, against the demo. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { installPacked, typeCheck } from '../../support/client-package.ts'
import { type Demo, freePort, startDemo } from '../../support/demo.ts'
import { listBlocks } from '../../support/docs/markdown.ts'
import { readText } from '../../support/docs/pages.ts'
import { getNoonZone } from '../../support/noon-zone.ts'

const screenshots = `${import.meta.dirname}/../../../coverage/screenshots`

const recipe = readText('docs/recipes/visitors-page.md')

const findBlock = (wanted: string): string => listBlocks(recipe).find(({ language }) => language === wanted)?.code ?? ''

describe.skipIf(skipsBrowser)('The recipe of a visitors page', () => {
  let demo: Demo
  let browser: Browser
  let server: Server
  let folder: string
  let origin: string

  beforeAll(async () => {
    origin = `http://localhost:${await freePort()}`
    demo = await startDemo({}, {}, ['--origin', origin])
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
    folder = await installPacked([])
    writeFileSync(join(folder, 'visitors.ts'), findBlock('ts'))
    const code = await bundle(join(folder, 'visitors.ts'))
    server = createServer(({ url }, response) => {
      const isCode = url?.startsWith('/visitors.js')
      response.writeHead(200, { 'content-type': isCode ? 'text/javascript' : 'text/html', connection: 'close' })
      response.end(isCode ? code.replace('http://127.0.0.1:3000', demo.url) : `<!doctype html>${findBlock('html')}`)
    })
    await new Promise<void>((resolve) => server.listen(Number(new URL(origin).port), 'localhost', resolve))
    for (const lead of [
      { sid: 10101, name: 'Ada <b>Alone</b>', hasAgent: 'NO', note: 'Likes the view' },
      { sid: 10102, name: 'Ben Accompanied', hasAgent: 'YES' },
    ])
      await fetch(`${demo.spacio}/__leads`, { method: 'POST', body: JSON.stringify(lead) })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
    await demo?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  const bundle = async (input: string): Promise<string> => {
    const build = await rolldown({ input })
    const { output } = await build.generate({ format: 'esm' })
    await build.close()
    return output[0].code
  }

  const api = async (path: string) => (await fetch(demo.url + path, { headers: demo.headers })).json() as Promise<any>

  const readTitle = async (sid: number): Promise<string> => (await api(`/properties/${sid}`)).title

  /** Opens the page, and records its requests to the gateway. */
  const open = async (hash = ''): Promise<{ page: Page; requests: string[] }> => {
    const page = await browser.newPage({ timezoneId: getNoonZone() })
    const requests: string[] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (request.url().startsWith(demo.url) && request.method() !== 'OPTIONS')
        requests.push(`${request.method()} ${pathname}`)
    })
    await page.goto(origin + hash)
    await page.locator('#visitors a').first().waitFor()
    return { page, requests }
  }

  test('shows today’s visitors with their listings after GET /me and one request for the list', async () => {
    const { page, requests } = await open()
    const rows = await page.locator('#visitors li').allTextContents()
    expect(rows).toContain(`Ada <b>Alone</b>, ${await readTitle(10101)} (no agent)`)
    expect(rows).toContain(`Ben Accompanied, ${await readTitle(10102)}`)
    expect(requests).toEqual(['GET /me', 'GET /leads'])
    await page.screenshot({ path: `${screenshots}/visitors-page.png` })
    await page.close()
  })

  test('shows a visitor of the list without another request, and attaches the listing to an event', async () => {
    const { page, requests } = await open()
    await page.getByText('Alone').click()
    const detail = page.locator('#detail')
    await expect.poll(() => detail.textContent()).toContain('Likes the view')
    expect(requests).toHaveLength(2)
    await page.getByLabel('CRM event').fill('9')
    await page.getByRole('button', { name: 'Attach the listing' }).click()
    const { listingId } = await api('/properties/10101')
    await expect.poll(() => detail.textContent()).toBe(`Attached ${listingId} to event 9.`)
    expect((await api('/events/9/properties')).data).toMatchObject([{ listingId }])
    expect(requests.slice(2)).toEqual(['POST /events/9/properties'])
    await page.close()
  })

  test('opens a deep link to a visitor of an earlier day with one more request', async () => {
    const to = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)
    const [lead] = (await api(`/leads?brokerageId=b1001&to=${to}&limit=1`)).data
    const { page, requests } = await open(`#${lead.id}`)
    await expect.poll(() => page.locator('#detail').textContent()).toContain(lead.fullName)
    expect(requests).toEqual(['GET /me', 'GET /leads', `GET /leads/${lead.id}`])
    await page.close()
  })

  test('explains why a visitor cannot be found', async () => {
    const { page } = await open('#nobody')
    await expect.poll(() => page.locator('#detail').textContent()).toContain('Days searched: ')
    await page.close()
  })

  test('type-checks under strict with the packed client, and has at most 60 lines', async () => {
    expect(await typeCheck(folder, ['visitors.ts'])).toEqual([])
    expect(recipe.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })
})
