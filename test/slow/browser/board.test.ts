import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { parse } from 'csv-parse/sync'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoKeys } from '../../../cli/demo/keys.ts'
import { openBrowser, skipsBrowser } from '../../support/chromium.ts'
import { type Demo, startDemo } from '../../support/demo.ts'
import { getNoonZone } from '../../support/noon-zone.ts'

const screenshots = `${import.meta.dirname}/../../../coverage/screenshots`

interface Lead {
  id: string
  fullName: string
  email: string
  hasAgent: boolean | null
  createdAt: string
}

/** A proxy between the page and the gateway whose connections can be closed. */
const startRelay = async (port: number) => {
  const sockets = new Set<Socket>()
  let isTruncated = false
  const relay = createServer((client) => {
    if (isTruncated) {
      client.destroy()
      return
    }
    const gateway = connect(port, '127.0.0.1')
    for (const socket of [client, gateway]) {
      sockets.add(socket)
      socket.once('error', () => socket.destroy())
      socket.once('close', () => sockets.delete(socket))
    }
    client.pipe(gateway).pipe(client)
  })
  const cut = (): void => {
    isTruncated = true
    for (const socket of sockets) socket.destroy()
  }
  const mend = (): void => {
    isTruncated = false
  }
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    cut()
    relay.close()
  }
  return { url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, cut, mend, close }
}

describe.skipIf(skipsBrowser)('The open-house board', () => {
  let demo: Demo
  let browser: Browser
  /** The UTC day on which most visitors signed in. */
  let busyDay: string

  beforeAll(async () => {
    demo = await startDemo({}, {}, ['--leads', '12000'])
    browser = await openBrowser()
    mkdirSync(screenshots, { recursive: true })
    const days = Map.groupBy(await getLeads({}), ({ createdAt }) => createdAt.slice(0, 10))
    busyDay = [...days].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
  })

  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })

  /** All leads of b1001, from the API. */
  const getLeads = async (query: Record<string, string>): Promise<Lead[]> => {
    const leads: Lead[] = []
    for (let total = 1; leads.length < total; ) {
      const search = new URLSearchParams({ brokerageId: 'b1001', ...query, limit: '200', offset: `${leads.length}` })
      const reply = await fetch(`${demo.url}/leads?${search}`, { headers: demo.headers })
      const body = (await reply.json()) as { data: Lead[]; pagination: { total: number } }
      leads.push(...body.data)
      total = body.data.length > 0 ? body.pagination.total : 0
    }
    return leads
  }

  const findSign = async (lead: Record<string, unknown>): Promise<void> => {
    const reply = await fetch(`${demo.spacio}/__leads`, {
      method: 'POST',
      body: JSON.stringify({ sid: 10101, ...lead }),
    })
    expect(reply.ok).toBe(true)
  }

  /** The board in its own browser with a live feed. At the end, the page must have no errors. */
  const onBoard = async (
    { api, ...options }: BrowserContextOptions & { api?: string },
    use: (page: Page, faults: string[]) => Promise<void>,
  ) => {
    const context = await browser.newContext({ timezoneId: getNoonZone(), ...options })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(api ? `${demo.board}/?api=${api}` : demo.board)
    if (api) await useKey(page, demoKeys.brokerage)
    await isLive(page)
    await use(page, faults)
    expect(faults).toEqual([])
    await context.close()
  }

  const shows = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()

  const isLive = (page: Page) => page.getByText('Live', { exact: true }).waitFor()

  const useKey = async (page: Page, key: string): Promise<void> => {
    await page.getByLabel('API key').fill(key)
    await page.keyboard.press('Enter')
  }

  const sentence = (page: Page) => page.getByRole('alert').textContent()

  /** The browser itself logs resources that it could not load. */
  const dropNoted = (faults: string[], note: RegExp) =>
    expect(faults.splice(0).filter((fault) => !note.test(fault))).toEqual([])

  /** Chooses a UTC day and waits for its list. */
  const showDay = async (page: Page, day: string): Promise<void> => {
    await page.getByLabel('Time zone').selectOption('UTC')
    await isLive(page)
    await page.getByLabel('Day').fill(day)
    await isLive(page)
  }

  /** The number of ticket requests of the page, as the browser recorded them. */
  const ticketsAskedBy = (page: Page): Promise<number> =>
    page.evaluate('performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/tickets")).length')

  const totalOn = async (page: Page): Promise<number> =>
    Number((await page.locator('#news').textContent())?.match(/of (\d+)/)?.[1])

  const namesOn = (page: Page): Promise<string[]> => page.locator('#leads h2').allTextContents()

  const showAll = async (page: Page): Promise<void> => {
    const more = page.getByRole('button', { name: 'Show more' })
    while (await more.isVisible()) {
      const shown = await page.locator('#leads li').count()
      await more.click()
      await page.locator('#leads li').nth(shown).waitFor()
    }
  }

  test('it lists what the API lists, page by page', async () => {
    await onBoard({}, async (page) => {
      await showDay(page, busyDay)
      const leads = await getLeads({ from: busyDay, to: busyDay })
      expect(leads.length).toBeGreaterThan(25)
      expect(await namesOn(page)).toEqual(leads.slice(0, 25).map(({ fullName }) => fullName))

      await showAll(page)

      expect(await namesOn(page)).toEqual(leads.map(({ fullName }) => fullName))
      expect(await page.locator('#news').textContent()).toBe(
        `Showing ${leads.length} of ${leads.length}, newest first.`,
      )
      expect(await page.locator('#leads time').first().getAttribute('datetime')).toBe(leads[0]?.createdAt)
      expect(await page.evaluate('document.activeElement.matches("#leads li")')).toBe(true)
    })
  })

  test('the filter, the day and the zone change the list', async () => {
    await onBoard({}, async (page) => {
      await showDay(page, busyDay)
      const day = { from: busyDay, to: busyDay }
      const lists = async (query: Record<string, string>) => {
        await isLive(page)
        await showAll(page)
        const expected = (await getLeads(query)).map(({ fullName }) => fullName)
        expect(await namesOn(page)).toEqual(expected)
        return expected.join()
      }
      const all = await lists(day)
      await page.getByLabel('Without agent').check()
      const unrepresented = await lists({ ...day, hasAgent: 'false' })
      await page.getByLabel('Without agent').uncheck()
      await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
      const tokyo = await lists({ ...day, timeZone: 'Asia/Tokyo' })
      expect(new Set([all, unrepresented, tokyo]).size).toBe(3)
    })
  })

  test('a new lead appears on top without a reload, is announced, and its name stays text', async () => {
    const hostile = '<img src=x onerror="document.title=1">'
    await onBoard({}, async (page) => {
      const before = await namesOn(page)
      await page.evaluate('window.isSamePage = true')

      // It is from the day before, so it is in the feed but not in the list.
      await findSign({ name: 'Late Visitor', dateCreated: new Date(Date.now() - 30 * 3_600_000).toISOString() })
      await findSign({ name: hostile })
      const newest = page.locator('#leads li.new').first()
      await newest.waitFor()

      expect(await namesOn(page)).toEqual([hostile, ...before])
      const total = await totalOn(page)
      expect(await page.locator('[aria-live=polite]').textContent()).toBe(
        `${hostile} has just signed in. Showing ${before.length + 1} of ${total}, newest first.`,
      )
      expect(await page.locator('#leads img').count()).toBe(0)
      expect(await page.title()).toBe('Open-house board')
      expect(await page.evaluate('window.isSamePage')).toBe(true)
    })
  })

  test('a new lead that does not match the filter does not appear', async () => {
    await onBoard({}, async (page) => {
      await page.getByLabel('Without agent').check()
      await isLive(page)
      await findSign({ name: 'Represented Visitor', hasAgent: 'YES' })
      await findSign({ name: 'Unrepresented Visitor', hasAgent: 'NO' })
      await page.locator('#leads li.new').first().waitFor()
      expect(await page.locator('#leads li.new h2').allTextContents()).toEqual(['Unrepresented Visitor'])
    })
  })

  test('after a disconnect the board reports it, and resumes at its position with a new ticket, each lead once', async () => {
    const relay = await startRelay(Number(new URL(demo.url).port))
    await onBoard({ api: relay.url }, async (page, faults) => {
      await findSign({ name: 'Before the cut' })
      await shows(page, 'Before the cut')
      const tickets = await ticketsAskedBy(page)
      const total = await totalOn(page)

      relay.cut()
      await page.getByText('Reconnecting…').waitFor()
      await page.getByText(`The API at ${relay.url} cannot be reached.`).waitFor()
      await findSign({ name: 'During the cut' })
      relay.mend()
      await shows(page, 'During the cut')
      await isLive(page)
      await findSign({ name: 'After the cut' })
      await shows(page, 'After the cut')

      expect(await page.locator('#leads li.new h2').allTextContents()).toEqual([
        'After the cut',
        'During the cut',
        'Before the cut',
      ])
      expect(await sentence(page)).toBe('')
      expect(await ticketsAskedBy(page)).toBe(tickets + 1)
      expect(await totalOn(page)).toBe(total + 2)
      // The 401 from before the page had the key.
      dropNoted(faults, /net::ERR_|401 \(Unauthorized\)/)
    })
    relay.close()
  })

  test('the download has the leads of the list, as CSV', async () => {
    await onBoard({ acceptDownloads: true }, async (page) => {
      await showDay(page, busyDay)
      await page.getByLabel('Without agent').check()
      await isLive(page)
      await showAll(page)
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Download CSV').click()])
      expect(download.suggestedFilename()).toMatch(/\.csv$/)
      const rows: { id: string }[] = parse(await readFile(await download.path(), 'utf8'), { columns: true })
      expect(rows).toHaveLength(await page.locator('#leads li').count())
      const leads = await getLeads({ from: busyDay, to: busyDay, hasAgent: 'false' })
      expect(rows.map(({ id }) => id)).toEqual(leads.map(({ id }) => id))
    })
  })

  test('a problem is a readable sentence, and goes away with its cause', async () => {
    await onBoard({}, async (page, faults) => {
      await page.getByLabel('Brokerage').fill('b1002')
      await page.keyboard.press('Enter')
      await page.getByText('Stopped').waitFor()
      expect(await sentence(page)).toBe('This API key has no access to the leads of this brokerage.')
      expect(page.url()).toBe(`${demo.board}/`)
      await page.getByLabel('Brokerage').fill('b1001')
      await page.keyboard.press('Enter')
      await isLive(page)
      expect(await sentence(page)).toBe('')
      dropNoted(faults, /403 \(Forbidden\)/)
    })
  })

  test.each([
    ['', 'Enter an API key.', ['/me']],
    [demoKeys.brokerage.replace(/0$/, '1'), 'This API key is not valid.', ['/me']],
    ['ключ', 'This API key is not valid.', ['/me']],
    [demoKeys.agent, 'This API key has no access to the leads of this brokerage.', ['/me', '/leads/feed']],
  ])('the key “%s” is refused in words, also for the download; a right one works', async (key, words, paths) => {
    await onBoard({}, async (page, faults) => {
      await page.evaluate('window.isSamePage = true')
      const requests = new Set<string>()
      page.on('request', (request) => requests.add(new URL(request.url()).pathname))

      await useKey(page, key)
      await page.getByText('Stopped').waitFor()
      expect(await sentence(page)).toBe(words)
      expect([...requests]).toEqual(paths)
      const refused = page.waitForResponse((reply) => reply.url().includes('/leads/export'))
      await page.getByRole('button', { name: 'Download CSV' }).click()
      expect((await refused).ok()).toBe(false)
      expect(await sentence(page)).toBe(words)

      await useKey(page, ` ${demoKeys.brokerage} `)
      await isLive(page)
      expect(await sentence(page)).toBe('')
      expect(await page.evaluate('window.isSamePage')).toBe(true)
      dropNoted(faults, /status of 40[13]/)
    })
  })

  test('a key survives a reload, but not the end of the tab', async () => {
    await onBoard({}, async (page, faults) => {
      const key = () => page.getByLabel('API key').inputValue()
      expect(await key()).toBe(demoKeys.brokerage)
      await useKey(page, demoKeys.agent)
      await page.getByText('Stopped').waitFor()
      await page.reload()
      await page.getByText('Stopped').waitFor()
      expect(await key()).toBe(demoKeys.agent)
      const other = await page.context().newPage()
      await other.goto(demo.board)
      await isLive(other)
      expect(await other.getByLabel('API key').inputValue()).toBe(demoKeys.brokerage)
      expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, ''])
      dropNoted(faults, /403 \(Forbidden\)/)
    })
  })

  test('an API in the address gets no key of another API', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const keys: (string | undefined)[] = []
    page.on('request', (request) => /\/(me|leads)/.test(request.url()) && keys.push(request.headers()['x-api-key']))
    const relay = await startRelay(Number(new URL(demo.url).port))

    await page.goto(demo.board)
    await useKey(page, demoKeys.brokerage)
    await isLive(page)
    keys.length = 0
    await page.goto(`${demo.board}/?api=${relay.url}`)
    await page.getByText('Stopped').waitFor()

    expect(keys).toEqual([undefined])
    expect(await page.getByLabel('API key').inputValue()).toBe('')
    await context.close()
    relay.close()
  })

  test('an address that is not a web address is not used as the API', async () => {
    await onBoard({}, async (page) => {
      await page.goto(`${demo.board}/?api=javascript:alert(1)//`)
      await isLive(page)
      expect(await page.getByLabel('API key').inputValue()).toBe(demoKeys.brokerage)
    })
  })

  test('a key of another brokerage shows the visitors of that brokerage', async () => {
    await onBoard({}, async (page) => {
      await useKey(page, demoKeys.otherBrokerage)
      await isLive(page)
      expect(await page.getByLabel('Brokerage').inputValue()).toBe('b1002')
      await showDay(page, busyDay)
      expect((await namesOn(page)).length).toBeGreaterThan(0)
    })
  })

  test('a typed day is requested once, and an implausible day is not requested', async () => {
    await onBoard({}, async (page) => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(new URL(request.url()).pathname))
      // The values of a date field while a person types. One task, so that there is no pause between them.
      const values = ['2026-01-30', '0002-01-30', '0202-01-30', '2025-01-30', busyDay]
      await page.evaluate(`for (const value of ${JSON.stringify(values)}) {
        document.forms[0].elements.day.value = value
        document.forms[0].elements.day.dispatchEvent(new Event('change', { bubbles: true }))
      }`)
      await isLive(page)
      expect(requests).toEqual(['/leads/feed', '/leads', '/leads/feed/tickets', '/leads/feed'])
      expect(await page.getByLabel('Day').inputValue()).toBe(busyDay)
      expect((await namesOn(page)).length).toBeGreaterThan(0)

      requests.length = 0
      await page.getByLabel('Day').fill('0202-01-01')
      expect(await sentence(page)).toBe('Choose a brokerage, and a day from 2000 on.')
      await page.getByRole('button', { name: 'Refresh' }).click()
      await page.getByText('Stopped', { exact: true }).waitFor()
      expect(requests).toEqual([])
    })
  })

  test('a visitor has the title of the listing, and a view of its own with an address', async () => {
    await onBoard({}, async (page) => {
      await findSign({ name: 'Titled Visitor', email: 'titled@example.com', note: '<b>again</b>' })
      const row = page.locator('#leads li', { hasText: 'Titled Visitor' })
      await row.getByText('Waterfront apartment by the bay').waitFor()

      await row.getByRole('link', { name: 'Titled Visitor' }).click()
      const lead = page.getByRole('dialog', { name: 'Titled Visitor' })
      await lead.getByText('231 Seawall Ave.').waitFor()
      expect(await lead.innerText()).toMatch(/titled@example\.com[\s\S]+2,300,000[\s\S]+<b>again<\/b>/)
      const address = page.url()
      await lead.getByRole('button', { name: 'Close' }).click()
      await lead.waitFor({ state: 'hidden' })
      expect(page.url()).toBe(`${demo.board}/`)

      await page.goto(address)
      await page.reload()
      await lead.getByText('231 Seawall Ave.').waitFor()
    })
  })

  test('the view of a lead reports that the lead does not exist', async () => {
    await onBoard({}, async (page, faults) => {
      await page.goto(`${demo.board}/#lead=000000000000000000000000`)
      await page.getByText('This lead does not exist, or it is too old to be found.').waitFor()
      await page.getByRole('button', { name: 'Close' }).click()
      await isLive(page)
      dropNoted(faults, /404 \(Not Found\)/)
    })
  })

  test.each([
    [1280, 900, 'light'],
    [1280, 900, 'dark'],
    [360, 780, 'light'],
    [360, 780, 'dark'],
  ] as const)('it fits a screen of %i×%i, %s', async (width, height, colorScheme) => {
    await onBoard({ viewport: { width, height }, colorScheme }, async (page) => {
      await findSign({ name: 'Jo Visitor' })
      await page.locator('#leads li.new').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.screenshot({ path: `${screenshots}/board-${width}-${colorScheme}.png` })
    })
  })
})
