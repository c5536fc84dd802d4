import { Type } from 'typebox'
import { booleanOrNull, component, integerOrNull, ref, refOrNull, text, textOrNull, timeOrNull } from './fields.ts'
import { Property } from './property.ts'
import { source } from './source.ts'

export const AnswerChoice = component(
  'AnswerChoice',
  'One of the answers that a question offers.',
  {
    answer: textOrNull('The answer.'),
    answerZh: textOrNull('The answer in Chinese.'),
    type: textOrNull('Kind of input, e.g. `radio`.'),
  },
  { answer: 'Own', answerZh: '自有', type: 'radio' },
)

export const LeadAnswer = component(
  'LeadAnswer',
  'A question of the sign-in form and the visitor’s answer.',
  {
    questionId: textOrNull('Question id.'),
    type: textOrNull('Kind of question: `agent`, `yn`, `mc`, `text`…'),
    caption: textOrNull('Longer text for the editor of the form.'),
    question: textOrNull('The question.'),
    questionZh: textOrNull('The question in Chinese.'),
    answer: textOrNull('The visitor’s answer.'),
    choices: Type.Array(ref(AnswerChoice), { description: 'The possible answers; empty if the source names none.' }),
  },
  {
    questionId: '5910f9d492127dee0c2bb8cf',
    type: 'mc',
    caption: null,
    question: 'Do you rent or own?',
    questionZh: '您现在租房还是自有?',
    answer: 'Own',
    choices: [{ answer: 'Own', answerZh: '自有', type: 'radio' }],
  },
)

export const AutoEmail = component(
  'AutoEmail',
  'The status of the automatic e-mail after a sign-in.',
  {
    sentToVisitor: booleanOrNull('Whether the e-mail was sent to the visitor.'),
    sentToRepresentative: booleanOrNull('Whether the e-mail was sent to the visitor’s own agent.'),
    opened: booleanOrNull('Whether the e-mail was opened.'),
    details: textOrNull('The same status as text.'),
  },
  { sentToVisitor: true, sentToRepresentative: false, opened: true, details: 'Sent to Visitor. (Opened: Yes)' },
)

export const Lead = component(
  'Lead',
  'A visitor who signed in at an open house. Fields that the source does not have are null.',
  {
    id: text(
      'Lead id. Leads of a property have no id upstream; their id is a digest of the record and begins with `p-`. The same visitor has another id in the lists of the brokerage and the team. `GET /leads/{id}` with `brokerageId` or `teamId` accepts both.',
    ),
    fullName: textOrNull('Name as the visitor gave it.'),
    email: textOrNull('E-mail address as the visitor gave it.'),
    phone: textOrNull('Telephone number as the visitor gave it.'),
    hasAgent: booleanOrNull('Whether an agent represents the visitor; null: unknown.'),
    hasFinancing: booleanOrNull('Whether a mortgage is approved; null: unknown.'),
    isBroker: booleanOrNull('Whether the visitor is a broker; null: unknown.'),
    answers: Type.Array(ref(LeadAnswer), { description: 'Questions and answers of the sign-in form.' }),
    note: textOrNull('The agent’s note.'),
    autoEmail: refOrNull(AutoEmail, 'The status of the automatic e-mail; null if the source does not have it.'),
    sid: integerOrNull('Spacio id of the property that was visited.'),
    listingId: textOrNull('MLS number of the property that was visited.'),
    agentEmail: textOrNull('E-mail address of the hosting agent.'),
    createdAt: timeOrNull('When the visitor signed in.'),
    property: Type.Optional(
      refOrNull(
        Property,
        'The property that was visited. Only with `include=property`; null if the sid is unknown or you have no grant for it.',
      ),
    ),
    source,
  },
  {
    id: '5cc84e8a92127d360d20be36',
    fullName: 'Jo Visitor',
    email: 'jo@example.com',
    phone: '555-0123',
    hasAgent: false,
    hasFinancing: null,
    isBroker: false,
    answers: [
      {
        questionId: null,
        type: null,
        caption: null,
        question: 'Are you working with an agent?',
        questionZh: null,
        answer: 'NO',
        choices: [],
      },
    ],
    note: 'Asked for a second viewing',
    autoEmail: null,
    sid: 10101,
    listingId: 'AB123456',
    agentEmail: 'agent1@example.com',
    createdAt: '2019-02-01T09:17:03Z',
  },
)
