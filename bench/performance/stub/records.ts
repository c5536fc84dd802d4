/** Upstream records with the wording and sizes of the vendors' documentation. */
import { digits } from './template.ts'

/** The day of all sign-ins. */
export const day = '2026-01-31'

const lastSecond = Date.parse(`${day}T23:59:59Z`)

/** Formats times like the upstream, newest first. */
const formatWireTime = (index: number, count: number): string => {
  const secondsBefore = Math.floor(index * Math.min(60, 86_399 / count))
  return new Date(lastSecond - secondsBefore * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

export const createProperty = (sid: number) => ({
  title: 'Beautiful waterfront apartment by the bay',
  price: digits,
  beds: 2,
  baths: 2,
  dimens: -1,
  type: 'Apartment',
  email: 'agent1@example.com',
  addr1: '231 Seawall Ave.',
  addr2: '',
  url: 'https://example.com/listings/231-seawall-avenue',
  sid,
  mlsNo: 'AB123456',
  image: 'https://example.com/photos/55c6ca75aace0f500cabb8b5_property.jpg',
})

const createVisitor = (index: number, count: number) => ({
  name: `Visitor Number ${index}`,
  email: `visitor.${index}@example.com`,
  phone: `202${digits}`,
  hasAgent: index % 3 === 0 ? 'YES' : 'NO',
  hasFinancing: index % 2 === 0 ? 'UNKNOWN' : 'YES',
  dateCreated: formatWireTime(index, count),
})

const reportAnswers = [
  { question: 'Are you working with an agent?', answer: 'NO' },
  { question: 'How did you hear about this open house?', answer: 'A sign on the street' },
  { question: 'Are you mortgage pre-approved?', answer: 'YES' },
]

/** A lead of a brokerage or team. */
export const createReportLead = (index: number, count: number) => ({
  id: `5cc84e8a92127d${index.toString(16).padStart(10, '0')}`,
  ...createVisitor(index, count),
  isBroker: 'NO',
  answersObj: reportAnswers,
  note: 'Asked for the floor plan, and whether the flat can be seen again on a weekday in the evening.',
  sid: 10_101,
  plid: 'AB123456',
  agentEmail: 'agent1@example.com',
})

const propertyAnswers = {
  0: {
    questionObj: {
      question: 'Are you working with an agent?',
      questionCN: '您有否地产经纪代理?',
      type: 'agent',
      caption: 'Are you working with an agent? (Agent name and contact fields will appear if Yes is selected)',
      questionID: '583632da2b3077566f53af21',
    },
    answer: 'NO',
  },
  1: {
    questionObj: {
      question: 'Do you currently rent or own?',
      questionCN: '您現在住的是?',
      type: 'mc',
      choices: {
        0: { answer: 'Own', answerCN: '购买', type: 'radio' },
        1: { answer: 'Rent', answerCN: '租赁', type: 'radio' },
      },
      questionID: '5910f9d492127dee0c2bb8cf',
    },
    answer: 'Own',
  },
  2: {
    questionObj: {
      question: 'How did you hear about this open house?',
      questionCN: '您是如何听说到我们的',
      type: 'text',
      questionID: '5910f9f392127d7e052bb8cf',
    },
    answer: 'N/A',
  },
  3: {
    questionObj: {
      question: 'Are you mortgage pre-approved?',
      questionCN: '您有否抵押贷款批准?',
      type: 'yn',
      questionID: '583632da2b3077566f53af1b',
    },
    answer: 'NO',
  },
}

/** A property lead, with its questions but without id and sid. */
export const createPropertyLead = (index: number, count: number) => ({
  ...createVisitor(index, count),
  answersObj: propertyAnswers,
})

export const createEventProperty = (eventId: string, index: number) => ({
  id: String(index + 1),
  api_event_id: eventId,
  contact_id: '1',
  mls: digits,
  url: 'https://www.example.com/listings/1021712',
  address: '123 Real Street',
  city: 'San Diego',
  state: 'CA',
  zip: '90210',
  beds: '1',
  full_baths: '1',
  half_baths: '2',
  type: 'Single Family Home',
  square_feet: '10,000',
  listing_price: '499900.00',
  listing_status: 'For Sale',
  listing_days_on_market: '100',
  estimated_value: '500000.00',
  last_sold_at: '2018-02-16T08:00:00.000Z',
  last_sold_price: '202580',
  latitude: '40.760612',
  longitude: '-121.269237',
  images: 'http://example.com/640/480/, http://example.com/480/640/',
  year_built: '2018',
  listed_at: '2017-02-16T08:00:00.000Z',
  created_at: '2019-02-16T08:00:00.000Z',
})
