/** Frontends render URLs as links and images, so URLs that could run a script never reach them. */
import { expect, test } from 'vitest'
import { useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const countDrift = async (name: string): Promise<number> => {
  const drift = (await foyer().get('/upstreams')).body.data.flatMap((upstream: any) => upstream.drift)
  return drift.find(({ resource, field }: any) => `${resource} ${field}` === name)?.count ?? 0
}

const script = 'javascript:alert(1)'
const photo = 'https://photos.example.com/1.jpg'

test.for([script, ` \u0001${script}`, 'data:text/html,x', 'vbscript:x'])('Spacio sends %j', async (url) => {
  const { spacio } = foyer().sandbox.control
  const before = [await countDrift('spacio.property url'), await countDrift('spacio.property image')]
  spacio.fault({ operation: 'getProperty', kind: 'body', body: { sid: 10101, url, image: [url, photo] } })

  const { body } = await foyer().get('/properties/10101', { 'cache-control': 'no-cache' })

  expect(body).toMatchObject({ listingUrl: null, photoUrls: [photo] })
  const after = [await countDrift('spacio.property url'), await countDrift('spacio.property image')]
  expect(after).toEqual(before.map((count) => count + 1))
})

test('LionDesk sends a script', async () => {
  const { liondesk } = foyer().sandbox.control
  liondesk.fault({ operation: 'get', kind: 'body', body: { id: '1', url: script, images: `vbscript://x,${photo}` } })

  const { body } = await foyer().get('/events/7/properties/1')

  expect(body).toMatchObject({ listingUrl: null, photoUrls: [photo] })
  expect(await countDrift('liondesk.eventProperty url')).toBe(1)
  expect(await countDrift('liondesk.eventProperty images')).toBe(1)
})
