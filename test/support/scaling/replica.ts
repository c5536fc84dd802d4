/**
 * A process that calls its upstream as fast as it is allowed, with a clock in a file: `replica.ts STORE UPSTREAM CAP
 * CLOCK`. It ends with its parent process.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { openStore } from '#src/store/index.ts'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import { readClock } from './shared-clock.ts'

const [storeUrl = '', baseUrl = '', cap = '', clock = ''] = process.argv.slice(2)

const present = readClock(clock)
const now = () => new Date(present())
// One more than the real number, because an old and a new process may run at the same time.
const transport = createTransport({ ledger: openStore(storeUrl, present), maxReplicas: 4, now })
const ask = createSpacioRequester(
  { tenant: 't', baseUrl, apiKey: 'shared', hourlyBudget: Number(cap) },
  transport.send,
  now,
)
const { signal } = new AbortController()

process.once('disconnect', () => process.exit(0))
process.send?.('ready')
// Sequential, so that at most one call per process is counted in one hour and arrives in the next.
for (;;) await ask('getProperty', { sid: '1' }, { signal }).catch(() => wait(10))
