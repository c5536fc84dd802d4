/** Checks that the links of the documentation lead to files and headings. Only the form of external URLs is checked. */
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { listAnchors, listCodeSpans, listLinks } from '../../support/docs/markdown.ts'
import { pages, readText, root } from '../../support/docs/pages.ts'

const isExternal = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target)

/** Allows https with a host name, http to this machine, and mailto. */
const isWellFormed = (target: string): boolean => {
  if (target.startsWith('mailto:')) return target.includes('@')
  if (!URL.canParse(target)) return false
  const { protocol, hostname } = new URL(target)
  return protocol === 'https:' ? hostname.includes('.') : protocol === 'http:' && hostname === '127.0.0.1'
}

/** Returns what is wrong with a link, or null. */
const getFault = (page: string, target: string): string | null => {
  if (isExternal(target)) return isWellFormed(target) ? null : 'is not well-formed'
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)))
  if (file.startsWith('..') || !existsSync(join(root, file))) return 'does not exist'
  if (anchor === undefined || !file.endsWith('.md')) return null
  return listAnchors(readText(file)).has(anchor) ? null : 'has no such heading'
}

test('the search finds pages and links', () => {
  expect(pages).toContain('README.md')
  expect(pages.flatMap((page) => listLinks(readText(page))).length).toBeGreaterThan(50)
})

test.for(pages)('%s: the target of each link exists', (page) => {
  const faults = listLinks(readText(page)).map((target) => ({ target, fault: getFault(page, target) }))
  expect(faults.filter(({ fault }) => fault !== null)).toEqual([])
})

const folders =
  /^(src|routes|schemas|sandbox|scripts|test|bench|cli|tools|docs|deploy|examples|openapi|clients)\/[\w./-]*$/

test.for(pages)('%s: each file of the repository that it names exists', (page) => {
  const named = listCodeSpans(readText(page)).filter((code) => folders.test(code))
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('links lead from docs/README.md to each page of docs', () => {
  const seen = new Set<string>()
  const visit = (page: string): void => {
    if (seen.has(page) || !page.endsWith('.md') || !existsSync(join(root, page))) return
    seen.add(page)
    for (const target of listLinks(readText(page))) {
      const [path = ''] = target.split('#')
      if (!isExternal(target) && path !== '') visit(normalize(join(dirname(page), path)))
    }
  }
  visit('docs/README.md')
  expect(pages.filter((page) => page.startsWith('docs/') && !seen.has(page))).toEqual([])
})

test.for([
  ['#missing', 'has no such heading'],
  ['nowhere.md', 'does not exist'],
  ['../../etc/passwd', 'does not exist'],
  ['http://example.com/', 'is not well-formed'],
  ['https://nowhere', 'is not well-formed'],
  ['#try-it', null],
  ['docs', null],
] as const)('a link to %s: %s', ([target, want]) => {
  expect(getFault('README.md', target)).toBe(want)
})
