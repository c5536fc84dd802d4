import { describe, expect, test } from 'vitest'
import { callLionDesk, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox({ leads: 0 })
const seventh = '/events/7/properties'

const unauthenticated =
  '{"name":"NotAuthenticated","message":"Invalid access token","code":401,"className":"not-authenticated","errors":{}}'

describe('reading', () => {
  test('find: total, limit, skip, data; every value is text', async () => {
    const { json } = await callLionDesk(current(), seventh)
    expect(json).toMatchObject({ total: 2, limit: 10, skip: 0 })
    expect(json.data[0]).toMatchObject({
      ...{ id: '1', api_event_id: '7', contact_id: '1', mls: '1021712', beds: '1', half_baths: '2' },
      ...{ square_feet: '10,000', listing_price: '499900.00', listed_at: expect.stringMatching(/T08:00:00\.000Z$/) },
    })
    expect(json.data[1].images).toMatch(/\.?\/, https:/)
  })

  test('get, an empty event, a doubled slash, and what does not exist', async () => {
    expect((await callLionDesk(current(), `${seventh}/2`)).json).toMatchObject({ id: '2', mls: '7661634' })
    expect((await callLionDesk(current(), `/${seventh}/2`)).json).toMatchObject({ id: '2' })
    expect((await callLionDesk(current(), '/events/9/properties')).json).toMatchObject({ total: 0, data: [] })
    for (const path of [`${seventh}/3`, '/events/99/properties', '/nothing']) {
      expect((await callLionDesk(current(), path)).json).toMatchObject({
        code: 404,
        className: 'not-found',
        errors: {},
      })
    }
  })

  test('an invalid token gets the captured body', async () => {
    const reply = await callLionDesk(current(), seventh, { token: 'bad' })
    expect([reply.status, reply.text]).toEqual([401, unauthenticated])
  })

  test('id and created_at can be left out', async () => {
    current().control.liondesk.set({ omitId: true, omitCreatedAt: true })
    const { json } = await callLionDesk(current(), `${seventh}/1`)
    expect(json).not.toHaveProperty('id')
    expect(json).not.toHaveProperty('created_at')
  })

  test('failures are HTML for requests that do not accept JSON', async () => {
    current().control.liondesk.set({ htmlErrors: true })
    const headers = { 'content-type': 'text/plain' }
    expect((await callLionDesk(current(), '/events/99/properties', { headers })).text).toMatch(/^<!DOCTYPE html>/)
    const asking = { ...headers, accept: 'application/json' }
    expect((await callLionDesk(current(), '/events/99/properties', { headers: asking })).json.code).toBe(404)
  })
})

describe('writing', () => {
  test('create, patch and remove show up in reads', async () => {
    const body = { beds: 3, mls: 'A1', listing_price: '100500.90', listed_at: '2020-05-01T08:00:00-07:00' }
    const created = await callLionDesk(current(), '/events/9/properties', { method: 'POST', body })
    expect(created.status).toBe(201)
    const wanted = { beds: '3', listing_price: '100500.90', listed_at: '2020-05-01T15:00:00.000Z', city: null }
    expect(created.json).toMatchObject({ ...wanted, api_event_id: '9', contact_id: '109' })
    const path = `/events/9/properties/${created.json.id}`
    await callLionDesk(current(), path, { method: 'PATCH', body: { city: 'Zürich', mls: null } })
    expect((await callLionDesk(current(), path)).json).toMatchObject({ ...wanted, city: 'Zürich', mls: null })
    expect((await callLionDesk(current(), path, { method: 'DELETE' })).json).toMatchObject({ city: 'Zürich' })
    expect((await callLionDesk(current(), path)).status).toBe(404)
  })

  test('limits and types are enforced', async () => {
    const body = { url: 'x'.repeat(201), type: 'x'.repeat(46), images: 'x'.repeat(256), beds: 'two', listed_at: 'soon' }
    const { status, json } = await callLionDesk(current(), seventh, { method: 'POST', body })
    expect(status).toBe(400)
    expect(Object.keys(json.errors).toSorted()).toEqual(Object.keys(body).toSorted())
  })

  test('unknown and read-only fields are dropped silently', async () => {
    const body = { half_baths: 9, contact_id: 5, api_event_id: 8, colour: 'red', beds: 4 }
    const { json } = await callLionDesk(current(), `${seventh}/1`, { method: 'PATCH', body })
    expect(json).toMatchObject({ half_baths: '2', contact_id: '1', api_event_id: '7', beds: '4' })
    expect(json).not.toHaveProperty('colour')
  })

  test('PUT blanks what it omits', async () => {
    const { json } = await callLionDesk(current(), `${seventh}/1`, { method: 'PUT', body: { beds: 4 } })
    expect(json).toMatchObject({ id: '1', api_event_id: '7', beds: '4', mls: null, city: null })
  })

  test('hazard: PATCH and DELETE without an id reach all records of the event, and no others', async () => {
    const patched = await callLionDesk(current(), seventh, { method: 'PATCH', body: { city: 'Everywhere' } })
    expect(patched.json).toHaveLength(2)
    expect(
      current()
        .control.liondesk.records('7')
        .every(({ city }) => city === 'Everywhere'),
    ).toBe(true)
    await callLionDesk(current(), `${seventh}/`, { method: 'DELETE' })
    expect(current().control.liondesk.records('7')).toEqual([])
    expect(current().control.liondesk.records('11')).toHaveLength(60)
    current().control.reset()
    expect(current().control.liondesk.records()).toEqual(current().world.eventProperties)
  })

  test('hazard: X-Service-Method turns a POST into another method', async () => {
    const headers = { 'x-service-method': 'remove' }
    const reply = await callLionDesk(current(), seventh, { method: 'POST', body: {}, headers })
    expect(reply.status).toBe(405)
    expect(current().control.liondesk.requests().at(-1)).toMatchObject({ operation: 'remove', headers })
  })
})

describe('permissions', () => {
  const write = (event: number, method: 'POST' | 'PATCH', id = '') =>
    callLionDesk(current(), `/events/${event}/properties${id}`, { method, body: { beds: 1 } })

  test('an event that was not created through the API takes no property', async () => {
    expect((await write(13, 'POST')).json).toMatchObject({ code: 400, name: 'BadRequest' })
  })

  test("another user's event is closed, a shared one is open but for changes", async () => {
    expect((await callLionDesk(current(), '/events/15/properties')).status).toBe(403)
    expect((await callLionDesk(current(), '/events/17/properties')).status).toBe(200)
    expect((await write(17, 'POST')).status).toBe(201)
    const [record] = current().control.liondesk.records('17')
    expect((await write(17, 'PATCH', `/${record?.id}`)).json).toMatchObject({ code: 403, className: 'forbidden' })
  })
})
