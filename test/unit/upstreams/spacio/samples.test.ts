/**
 * The vendor's own sample payloads, byte by byte, with their invalid JSON, through the whole gateway. The paged samples
 * claim 123 rows but have 3: with a corrected claim they return three rows, without it a problem.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openScriptedSpacio,
  readSample,
  type ScriptedSpacio,
  someProperty,
  someToken,
} from '../../../support/spacio.ts'

let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date('2026-03-15T12:00:00Z') })
})

afterAll(() => spacio.close())

const page = (data: unknown[]) => ({ data, pagination: { total: data.length, limit: 50, offset: 0 } })

/** The paged samples with a correct claim. */
const corrected = (name: string): string => {
  const text = readSample(name)
  const mended = text
    .replace('"resultsOnPage": 100', '"resultsOnPage": 3')
    .replace('"totalCount": 123', '"totalCount": 3')
    .replace('"totalPages": 2', '"totalPages": 1')
  expect(mended).not.toBe(text)
  return mended
}

const waterfront = {
  sid: 10191,
  listingId: 'AB123456',
  title: 'Beautiful Waterfront Apartment in English Bay',
  listPrice: 2_300_000,
  bedroomsTotal: 2,
  bathroomsTotal: 2,
  livingArea: null,
  propertySubType: 'Apartment',
  unparsedAddress: '231 Beach Ave.',
  streetAdditionalInfo: null,
  listAgentEmail: 'hello[at]spac.io',
  listingUrl: 'https://spac.io',
  photoUrls: ['https://s3.amazonaws.com/spacio-user-images/55c6ca75aace0f500cabb8b5_property.jpg'],
}

test('getProperties', async () => {
  spacio.answer({ 'v1/getProperties': readSample('getProperties') })
  const { status, body } = await spacio.get('/agents/some-ukey/properties')
  expect(status).toBe(200)
  expect(body).toEqual(
    page([
      waterfront,
      {
        sid: 10512,
        listingId: 'CD234567',
        title: 'Penthouse In East Village, Close To Restaurants',
        listPrice: 2_500_000,
        bedroomsTotal: null,
        bathroomsTotal: null,
        livingArea: null,
        propertySubType: 'Apartment',
        unparsedAddress: '324 East 14th Street',
        streetAdditionalInfo: null,
        listAgentEmail: 'hello[at]spac.io',
        listingUrl: null,
        photoUrls: ['https://s3.amazonaws.com/spacio-user-images/560b2f2caace0f3c758b4567_property.jpg'],
      },
    ]),
  )
})

test('getProperty', async () => {
  spacio.answer({ 'v1/getProperty': readSample('getProperty') })
  const { status, body } = await spacio.get('/properties/10191')
  expect(status).toBe(200)
  expect(body).toEqual(waterfront)
})

test('getOHSessions', async () => {
  spacio.answer({ 'v1/getOHSessions': readSample('getOHSessions') })
  const { status, body } = await spacio.get('/properties/10191/open-houses')
  expect(status).toBe(200)
  expect(body).toEqual(
    page([
      {
        id: '5d02a649efcda15f1d4926a8_1562525526865',
        startedAt: '2019-07-07T18:52:06Z',
        endedAt: '2019-07-08T00:25:57Z',
      },
      {
        id: '5d02a649efcda15f1d4926a8_1561921252843',
        startedAt: '2019-06-30T19:00:52Z',
        endedAt: '2019-07-01T17:23:04Z',
      },
      {
        id: '5d02a649efcda15f1d4926a8_1561151767466',
        startedAt: '2019-06-21T21:16:07Z',
        endedAt: '2019-06-23T19:07:49Z',
      },
    ]),
  )
})

test('getRegistrants', async () => {
  spacio.answer({
    'v1/getProperty': someProperty,
    'v1/getAccessToken': someToken,
    'v1/getRegistrants': readSample('getRegistrants'),
  })
  const { status, body } = await spacio.get('/leads?sid=10191')
  expect(status).toBe(200)
  expect(body).toEqual(
    page([
      {
        id: expect.stringMatching(/^p-[\w-]{22}$/),
        fullName: 'Scott Lang',
        email: 'sl@example.com',
        phone: '234-567-8900',
        hasAgent: false,
        hasFinancing: false,
        isBroker: null,
        answers: [
          {
            questionId: '583632da2b3077566f53af21',
            type: 'agent',
            caption: 'Are you working with an agent? (Agent name and contact fields will appear if Yes is selected)',
            question: 'Are you working with an agent?',
            questionZh: '您有否地产经纪代理?',
            answer: 'NO',
            choices: [],
          },
          {
            questionId: '583632da2b3077566f53af1b',
            type: 'yn',
            caption: 'Are you mortgage pre-approved?',
            question: 'Are you mortgage pre-approved?',
            questionZh: '您有否抵押贷款批准?',
            answer: 'NO',
            choices: [],
          },
          {
            questionId: '5910f9d492127dee0c2bb8cf',
            type: 'mc',
            caption: null,
            question: 'Do you currently rent or own?',
            questionZh: '您現在住的是?',
            answer: 'Own',
            choices: [
              { answer: 'Own', answerZh: '购买', type: 'radio' },
              { answer: 'Rent', answerZh: '租赁', type: 'radio' },
            ],
          },
          {
            questionId: '5910f9f392127d7e052bb8cf',
            type: 'text',
            caption: null,
            question: 'How did you hear about this open house?',
            questionZh: '您是如何听说到我们的',
            answer: null,
            choices: [],
          },
        ],
        note: null,
        autoEmail: null,
        sid: 10191,
        listingId: null,
        agentEmail: null,
        createdAt: '2017-05-08T11:11:54Z',
      },
    ]),
  )
})

test('getAccessToken', async () => {
  spacio.answer({ 'v1/getAccessToken': readSample('getAccessToken') })
  const { status, body } = await spacio.send('POST', '/agents/agent@example.com/access-token')
  expect(status).toBe(200)
  expect(body).toEqual({ email: 'agent@example.com', ukey: 'agentUkey', accessToken: 'ZtKH5J76DN5DyQ3R' })
})

test('getAccessTokenBM', async () => {
  spacio.answer({ 'v1/getAccessTokenBM': readSample('getAccessTokenBM') })
  const { status, body } = await spacio.send('POST', '/managers/manager@example.com/access-token')
  expect(status).toBe(200)
  expect(body).toEqual({ email: 'manager@example.com', ukey: null, accessToken: 'ZtKH5J76DN5DyQ3R' })
})

const answers = (hasAgent: string, heard: string, isApproved: string) =>
  [
    ['Are you working with an agent?', hasAgent],
    ['How did you hear about this open house?', heard],
    ['Are you mortgage pre-approved?', isApproved],
  ].map(([question, answer]) => ({
    questionId: null,
    type: null,
    caption: null,
    question,
    questionZh: null,
    answer,
    choices: [],
  }))

const john = {
  id: '5cc84e8a92127d360d20be36',
  fullName: 'John',
  email: 'jsmith@example.com',
  phone: '123-456-7890',
  hasAgent: false as boolean,
  hasFinancing: false,
  isBroker: false,
  answers: answers('NO', 'Other', 'NO'),
  note: null as string | null,
  autoEmail: null as object | null,
  sid: 1,
  listingId: 'AAA-001',
  agentEmail: 'agent1@example.com',
  createdAt: '2019-02-01T09:17:03Z',
}

const alex = {
  ...john,
  id: '5cc8540f92127df51f20be36',
  fullName: 'Alex Sanders',
  email: 'alexs@example.com',
  phone: '987-654-3210',
  hasAgent: null,
  hasFinancing: null,
  answers: [],
  sid: 2,
  listingId: 'BBB-002',
  agentEmail: 'agent2@example.com',
  createdAt: '2019-02-01T08:33:28Z',
}

const bob = {
  ...john,
  id: '5cc6f7f292127d1b7d20be36',
  fullName: 'Bob Cory',
  email: 'bcory@example.com',
  phone: '2223334444',
  hasAgent: true,
  hasFinancing: true,
  answers: answers('YES', 'Social Media', 'YES'),
  sid: 3,
  listingId: 'CCC-003',
  agentEmail: 'agent3@example.com',
  createdAt: '2019-02-01T05:56:52Z',
}

const brokerageUrl = '/leads?brokerageId=b1&from=2019-02-01&to=2019-02-01'
const teamUrl = '/leads?teamId=t1&from=2019-02-01&to=2019-02-01'

test('getRegistrantsByBrokerage of v2, its claim corrected', async () => {
  spacio.answer({ 'v2/getRegistrantsByBrokerage': corrected('getRegistrantsByBrokerageV2') })
  const { status, body } = await spacio.get(brokerageUrl)
  expect(status).toBe(200)
  expect(body).toEqual(
    page([{ ...john, note: 'Example note' }, { ...alex, note: 'May be blank like next entry' }, bob]),
  )
})

test('getRegistrantsByTeam, its claim corrected', async () => {
  spacio.answer({ 'v1/getRegistrantsByTeam': corrected('getRegistrantsByTeam') })
  const { status, body } = await spacio.get(teamUrl)
  expect(status).toBe(200)
  expect(body).toEqual(
    page([
      {
        ...john,
        // The answer in the same record is NO: neither value is derived from the other.
        hasAgent: true,
        autoEmail: {
          sentToVisitor: false,
          sentToRepresentative: true,
          opened: true,
          details: "Sent to Visitor's Representative. (Opened: Yes)",
        },
      },
      {
        ...alex,
        autoEmail: {
          sentToVisitor: true,
          sentToRepresentative: false,
          opened: true,
          details: 'Sent to Visitor. (Opened: Yes)',
        },
      },
      {
        ...bob,
        autoEmail: {
          sentToVisitor: false,
          sentToRepresentative: false,
          opened: false,
          details: 'Not Sent. Has Representation.',
        },
      },
    ]),
  )
})

test('getRegistrantsByBrokerage of v1', async () => {
  const own = await openScriptedSpacio()
  own.answer(({ operation }) =>
    operation === 'v1/getRegistrantsByBrokerage'
      ? { body: readSample('getRegistrantsByBrokerage') }
      : { body: '"access-denied"' },
  )
  const { status, body } = await own.get(brokerageUrl)
  expect(status).toBe(200)
  expect(body).toEqual(page([john, alex, bob]))
  await own.close()
})

test('getClaimedList', async () => {
  spacio.answer({ 'v1/getClaimedList': readSample('getClaimedList') })
  const { status, body } = await spacio.get('/brokerages/b1/agents')
  expect(status).toBe(200)
  expect(body).toEqual(page([1, 2, 3, 4, 5].map((number) => ({ email: `agent${number}@example.com` }))))
})

test('getActivityList', async () => {
  spacio.answer({ 'v1/getActivityList': readSample('getActivityList') })
  const { status, body } = await spacio.get('/brokerages/b1/activity?from=2018-04-01&to=2018-06-30')
  expect(status).toBe(200)
  expect(body).toEqual(
    page([
      { email: 'agent1@example.com', lastActiveAt: '2018-06-28T01:08:21Z' },
      { email: 'agent3@example.com', lastActiveAt: '2018-06-09T11:06:38Z' },
      { email: 'agent2@example.com', lastActiveAt: '2018-04-27T01:37:59Z' },
    ]),
  )
})

test('getOHSessionCounts', async () => {
  spacio.answer({ 'v1/getOHSessionCounts': readSample('getOHSessionCounts') })
  const { status, body } = await spacio.get('/brokerages/b1/open-houses?from=2018-08-05&to=2018-08-05')
  expect(status).toBe(200)
  const hosted = (startedAt: string, leadCount: number, unparsedAddress: string, city: string, postalCode: string) => ({
    startedAt,
    leadCount,
    unparsedAddress,
    city,
    stateOrProvince: 'CT',
    postalCode,
  })
  expect(body).toEqual(
    page([
      hosted('2018-08-05T05:06:31Z', 1, '66 White Oak Shade road', 'New Canaan', '06840'),
      hosted('2018-08-05T04:52:46Z', 7, '10 Southridge Road', 'Southbury', '06488'),
      hosted('2018-08-05T01:14:57Z', 0, '164 Little Stannard Beach Road', 'Westbrook', '06498'),
    ]),
  )
})

test.each([
  ['v2/getRegistrantsByBrokerage', 'getRegistrantsByBrokerageV2', brokerageUrl],
  ['v1/getRegistrantsByTeam', 'getRegistrantsByTeam', teamUrl],
])('%s in the vendor’s sample claims too many rows: one more try, then a problem', async (name, file, url) => {
  spacio.answer({ [name]: readSample(file) })
  const { status, body, text } = await spacio.get(url)
  expect(status).toBe(502)
  expect(body).toMatchObject({ code: 'upstream-invalid-response', upstream: { system: 'spacio', status: 200 } })
  expect(text).not.toContain('Alex')
  expect(spacio.calls.map(({ operation }) => operation)).toEqual([name, name])
})

test('the fixtures are the vendor’s samples, four of which are invalid JSON', () => {
  const names = [
    'getProperties',
    'getProperty',
    'getOHSessions',
    'getRegistrants',
    'getAccessToken',
    'getAccessTokenBM',
    'getRegistrantsByBrokerageV2',
    'getRegistrantsByBrokerage',
    'getClaimedList',
    'getActivityList',
    'getOHSessionCounts',
    'getRegistrantsByTeam',
  ]
  const parses = (name: string): boolean => {
    try {
      return JSON.parse(readSample(name)) !== undefined
    } catch {
      return false
    }
  }
  expect(names.filter((name) => !parses(name))).toEqual([
    'getRegistrantsByBrokerageV2',
    'getRegistrantsByBrokerage',
    'getClaimedList',
    'getRegistrantsByTeam',
  ])
})
