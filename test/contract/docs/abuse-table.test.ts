/** The table of abuses in docs/resilience.md has the data of bench/abuse; `npx vitest run test/contract/docs -u` updates it. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { abuses } from '../../../bench/abuse/abuses.ts'
import { bounds } from '../../../bench/abuse/bounds.ts'
import { formatTable, withSection } from '../../support/chaos/table.ts'

const page = `${import.meta.dirname}/../../../docs/resilience.md`

test('docs/resilience.md lists the abuses and their bounds', async () => {
  const promise = [
    'During each abuse, another tenant reads ten times per second from another address.',
    `At least ${100 * bounds.answered} % of its requests are answered, the gateway stays below ${bounds.peakMB} MB,`,
    'and its descriptors are free again afterwards.',
  ]
  const rows = abuses.map(({ name, happens, bound }) => [name, happens, bound])
  const text = `${promise.join('\n')}\n\n${formatTable(['abuse', 'result', 'bound'], rows)}`
  await expect(withSection(await readFile(page, 'utf8'), 'abuses', text)).toMatchFileSnapshot(page)
})
