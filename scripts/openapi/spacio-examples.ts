/** Fictional records of Spacio, by schema name. */
const answers = [
  { question: 'Do you have an agent?', answer: 'NO' },
  { question: 'Where did you see us?', answer: 'N/A' },
]

const visitor = {
  name: 'Jo Visitor',
  email: 'jo@example.com',
  phone: '555-0123',
  hasAgent: 'NO',
  hasFinancing: 'UNKNOWN',
}

const choice = { answer: 'Garden', answerCN: '花园', type: 'radio' }

const propertyLeadAnswer = {
  questionObj: {
    question: 'What do you look for?',
    questionCN: '您在找什么?',
    type: 'mc',
    choices: { 0: choice, 1: { answer: 'Balcony', answerCN: '阳台', type: 'radio' } },
    questionID: '64a1f0c2d3e4f5a6b7c8d9e0',
  },
  answer: 'Garden',
}

const autoEmail = {
  sentToVisitor: true,
  sentToVisitorRepresentation: false,
  opened: false,
  details: 'Sent to the visitor, not opened yet',
}

const brokerageLead = {
  id: '681b2f0a92127d360d20be36',
  ...visitor,
  isBroker: 'NO',
  answersObj: answers,
  dateCreated: '2026-05-07 09:43:22',
  sid: 20417,
  plid: 'EX-20417',
  agentEmail: 'agent1@example.com',
}

export const recordExamples = {
  Property: {
    title: 'Row house by the canal',
    price: '$1,250,000',
    beds: 3,
    baths: 2.5,
    dimens: -1,
    type: 'Townhouse',
    email: 'agent1@example.com',
    addr1: '12 Example Quay',
    addr2: '',
    url: 'https://listings.example.com/20417',
    sid: 20417,
    mlsNo: 'EX-20417',
    image: 'https://photos.example.com/20417.jpg',
  },
  OpenHouse: {
    sessionID: '681b1e2f92127d360d20be01_1778146800000',
    startTime: '2026-05-07 09:40:00',
    endTime: '2026-05-07 12:05:31',
  },
  HostedOpenHouse: {
    dateHosted: '2026-05-07 09:40:00',
    leadsCount: 4,
    propertyAddress: '12 Example Quay',
    propertyCity: 'Exampleton',
    propertyState: 'CT',
    propertyZip: '06001',
  },
  AnswerChoice: choice,
  PropertyLeadAnswer: propertyLeadAnswer,
  ReportLeadAnswer: answers[0],
  AutoEmail: autoEmail,
  PropertyLead: { ...visitor, answersObj: { 0: propertyLeadAnswer }, dateCreated: '2026-05-07 09:43:22' },
  BrokerageLead: { ...brokerageLead, note: '' },
  TeamLead: { ...brokerageLead, autoEmailStatus: autoEmail },
  AgentActivity: { email: 'agent1@example.com', lastActive: '2026-05-07 12:10:54' },
  AccessToken: { email: 'agent1@example.com', ukey: 'exampleUserKey01', accessToken: 'exampleToken0001' },
}

export const emailExamples = ['agent1@example.com', 'agent2@example.com']
