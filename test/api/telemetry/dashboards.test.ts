/** The dashboard and the alerts use only metrics that a gateway has. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseQuery } from '../../support/prometheus-queries.ts'
import { parseMetrics, type Sample } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

interface Query {
  where: string
  text: string
}

interface Panel {
  title: string
  type: string
  targets?: { expr: string; legendFormat: string }[]
}

interface Rule {
  alert: string
  expr: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

const read = (path: string) => readFileSync(new URL(`../../../deploy/${path}`, import.meta.url), 'utf8')

const dashboard: { panels: Panel[]; templating: { list: { name: string; query: string }[] } } = JSON.parse(
  read('grafana/foyer.json'),
)
const rules: Rule[] = parse(read('prometheus/alerts.yaml')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules)

const targets = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))
const queries: Query[] = [
  ...targets.map(({ title, expr }) => ({ where: title, text: expr })),
  ...rules.map(({ alert, expr }) => ({ where: alert, text: expr })),
]

/** The labels that Prometheus adds, and the suffixes of summaries and histograms. */
const addedLabels = ['instance', 'job']

let foyer: SandboxGateway
/** The labels of each metric of a gateway that has received every kind of request. */
let shown: Map<string, Set<string>>

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 200 } })
  await foyer.get('/properties/10101')
  await foyer.get('/properties/10101')
  const fault = { operation: 'getProperty', kind: 'body', body: { sid: 10102, price: 'a lot' } } as const
  foyer.sandbox.control.spacio.fault(fault)
  await foyer.get('/properties/10102')
  foyer.sandbox.control.reset()
  foyer.sandbox.control.spacio.fault({ operation: 'getOHSessions', kind: 'reset', times: 1 })
  await foyer.get('/properties/10103/open-houses')
  await foyer.get('/nowhere')
  shown = getLabels(parseMetrics((await foyer.get('/metrics')).text).samples)
})
afterAll(() => foyer.close())

const getLabels = (samples: readonly Sample[]): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>()
  for (const { name, labels } of samples) {
    found.set(name, new Set([...(found.get(name) ?? []), ...Object.keys(labels)]))
  }
  return found
}

test.for(queries.map((query) => [query.where, query.text] as const))('%s: %s', ([, text]) => {
  const { selectors, grouped } = parseQuery(text)
  expect(selectors.length).toBeGreaterThan(0)
  for (const { metric, labels } of selectors) {
    const known = [...(shown.get(metric) ?? []), ...addedLabels]
    expect([...shown.keys()]).toContain(metric)
    for (const label of [...labels, ...grouped]) expect(known, metric).toContain(label)
  }
})

test('a missing metric or label is detected', () => {
  expect(parseQuery('sum by (le, route) (rate(a_b{c=~"d{1}", e!="f"}[5m])) / x > 0.9')).toEqual({
    selectors: [
      { metric: 'a_b', labels: ['c', 'e'] },
      { metric: 'x', labels: [] },
    ],
    grouped: ['le', 'route'],
  })
})

test('legends name labels that the query keeps', () => {
  for (const { expr, legendFormat, title } of targets) {
    const { grouped, selectors } = parseQuery(expr)
    const kept = grouped.length > 0 ? grouped : selectors.flatMap(({ labels }) => labels)
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(kept, title).toContain(label)
  }
})

test('the dashboard has every metric of the gateway', () => {
  const named = new Set(queries.flatMap(({ text }) => parseQuery(text).selectors.map(({ metric }) => metric)))
  const family = (name: string) => name.replace(/_(bucket|sum|count)$/, '')
  const families = new Set([...named].map(family))
  const ours = [...shown.keys()].filter((name) => name.startsWith('foyer_')).map(family)
  expect(ours.filter((name) => !families.has(name) && name !== 'foyer_spacio_budget_cap')).toEqual([])
})

test.for(rules.map((rule) => [rule.alert, rule] as const))('%s says what it means and what to do', ([, rule]) => {
  expect(rule.labels.severity).toMatch(/^(page|ticket)$/)
  for (const each of ['summary', 'meaning', 'action']) expect(rule.annotations[each]?.length, each).toBeGreaterThan(10)
  const { grouped } = parseQuery(rule.expr)
  const text = Object.values(rule.annotations).join(' ')
  for (const [, label] of text.matchAll(/\$labels\.(\w+)/g)) expect(grouped).toContain(label)
})

test('the variables of the dashboard exist too', () => {
  const [, variable] = dashboard.templating.list
  const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(variable?.query ?? '') ?? []
  expect([...shown.keys()]).toContain(metric)
  expect(addedLabels).toContain(label)
})

test('the codes in queries exist in the catalogue', async () => {
  const { body } = await foyer.get('/problems')
  const codes = new Set(body.data.map(({ code }: { code: string }) => code))
  const chosen = queries.flatMap(({ text }) => [...text.matchAll(/\b(?:outcome|code)=~?"([^"]*)"/g)])
  const words = chosen.flatMap(([, alternatives = '']) => alternatives.split('|'))
  expect(words.filter((word) => !codes.has(word) && !['ok', 'hit', 'miss', 'stale'].includes(word))).toEqual([])
})
