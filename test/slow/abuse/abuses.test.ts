/**
 * Runs each abuse against a gateway of its own, started as by `foyer start`, while another tenant reads normally.
 * docs/resilience.md lists the abuses and their bounds.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type TestContext, test } from 'vitest'
import { type Abuse, abuses } from '../../../bench/abuse/abuses.ts'
import { bounds } from '../../../bench/abuse/bounds.ts'
import { startAbusedGateway, waitUntil } from '../../../bench/abuse/gateway.ts'
import { readFor, startReader } from '../../../bench/abuse/reader.ts'

/** Long enough for each abuse to have its full effect. */
const abuseMs = 12_000

const runAbuse = async ({ outcomes, run }: Abuse, { expect, onTestFinished }: TestContext) => {
  const gateway = await startAbusedGateway()
  onTestFinished(() => gateway.close())
  await readFor(gateway.port, 2_000)

  const before = gateway.readUsage()
  gateway.takePeakMB()
  const over = new AbortController()
  const stopReading = startReader(gateway.port)
  const running = run(gateway.port, over.signal)
  await wait(abuseMs)
  over.abort()
  const [seen, reading] = await Promise.all([running, stopReading()])

  expect(gateway.isRunning()).toBe(true)
  expect(gateway.takePeakMB()).toBeLessThan(bounds.peakMB)
  expect(reading.answered / reading.requests, JSON.stringify([...reading.failures])).toBeGreaterThanOrEqual(
    bounds.answered,
  )
  const unexpected = [...seen.keys()].filter((outcome) => !outcomes.includes(outcome))
  expect(unexpected, JSON.stringify([...gateway.problems()])).toEqual([])
  expect(seen.get(outcomes[0] as string)).toBeGreaterThan(0)
  const isBack = () => gateway.readUsage().descriptors <= before.descriptors + bounds.moreDescriptors
  expect(await waitUntil(isBack, bounds.recoveryMs)).toBe(true)
}

test.concurrent.for(abuses.filter(({ mostlyWaits }) => mostlyWaits))('$name', runAbuse)

test.for(abuses.filter(({ mostlyWaits }) => !mostlyWaits))('$name', runAbuse)
