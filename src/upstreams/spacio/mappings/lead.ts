import { AnswerChoice, AutoEmail, Lead, LeadAnswer } from '#schemas/lead.ts'
import { flag, integer, text, utcTime, yesNoUnknown } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'
import { createNestedCodec, createNestedListCodec } from '#src/mapping/nested-codecs.ts'
import { spacioText } from '../sentinel-codecs.ts'

export const answerChoiceMapping = defineMapping('spacio.answerChoice', AnswerChoice, {
  answer: { from: 'answer', codec: spacioText, reso: null },
  answerZh: { from: 'answerCN', codec: spacioText, reso: null },
  type: { from: 'type', codec: spacioText, reso: null },
})

/** An answer in getRegistrants, where the question is a nested record. */
export const propertyLeadAnswerMapping = defineMapping('spacio.propertyLeadAnswer', LeadAnswer, {
  questionId: { from: 'questionObj.questionID', codec: text, reso: null },
  type: { from: 'questionObj.type', codec: spacioText, reso: null },
  caption: { from: 'questionObj.caption', codec: spacioText, reso: null },
  question: { from: 'questionObj.question', codec: spacioText, reso: null },
  questionZh: { from: 'questionObj.questionCN', codec: spacioText, reso: null },
  answer: { from: 'answer', codec: spacioText, reso: null },
  choices: { from: 'questionObj.choices', codec: createNestedListCodec(answerChoiceMapping), reso: null },
})

/** An answer in the brokerage and team calls, which consists of two texts. */
export const reportLeadAnswerMapping = defineMapping('spacio.reportLeadAnswer', LeadAnswer, {
  questionId: { absent: true, empty: null, reso: null },
  type: { absent: true, empty: null, reso: null },
  caption: { absent: true, empty: null, reso: null },
  question: { from: 'question', codec: spacioText, reso: null },
  questionZh: { absent: true, empty: null, reso: null },
  answer: { from: 'answer', codec: spacioText, reso: null },
  choices: { absent: true, empty: [], reso: null },
})

export const autoEmailMapping = defineMapping('spacio.autoEmail', AutoEmail, {
  sentToVisitor: { from: 'sentToVisitor', codec: flag, reso: null },
  sentToRepresentative: { from: 'sentToVisitorRepresentation', codec: flag, reso: null },
  opened: { from: 'opened', codec: flag, reso: null },
  details: { from: 'details', codec: spacioText, reso: null },
})

/** The visitor fields that all sources share. */
const visitorFields = {
  fullName: { from: 'name', codec: spacioText, reso: 'Contacts.FullName' },
  email: { from: 'email', codec: spacioText, reso: 'Contacts.Email' },
  phone: { from: 'phone', codec: spacioText, reso: 'Contacts.PreferredPhone' },
  hasAgent: { from: 'hasAgent', codec: yesNoUnknown, reso: null },
  hasFinancing: { from: 'hasFinancing', codec: yesNoUnknown, reso: null },
  isBroker: { from: 'isBroker', codec: yesNoUnknown, reso: null },
  createdAt: { from: 'dateCreated', codec: utcTime, reso: 'Contacts.OriginalEntryTimestamp' },
} as const

/** getRegistrants: no id, sid, agent or note. Source: the vendor's API page, "Property Leads". */
export const propertyLeadMapping = defineMapping('spacio.propertyLead', Lead, {
  id: { context: true, reso: 'Contacts.ContactKey' },
  ...visitorFields,
  answers: { from: 'answersObj', codec: createNestedListCodec(propertyLeadAnswerMapping), reso: null },
  note: { absent: true, empty: null, reso: null },
  autoEmail: { absent: true, empty: null, reso: null },
  sid: { context: true, reso: null },
  listingId: { absent: true, empty: null, reso: 'Property.ListingId' },
  agentEmail: { absent: true, empty: null, reso: 'Member.MemberEmail' },
})

/** The fields that brokerage and team leads share. */
const reportFields = {
  id: { from: 'id', codec: text, reso: 'Contacts.ContactKey', orFromContext: true },
  ...visitorFields,
  answers: { from: 'answersObj', codec: createNestedListCodec(reportLeadAnswerMapping), reso: null },
  sid: { from: 'sid', codec: integer, reso: null },
  listingId: { from: 'plid', codec: spacioText, reso: 'Property.ListingId' },
  agentEmail: { from: 'agentEmail', codec: spacioText, reso: 'Member.MemberEmail' },
} as const

/** getRegistrantsByBrokerage; its v1 form has no note. Source: the vendor's API page, "Brokerage Leads". */
export const brokerageLeadMapping = defineMapping('spacio.brokerageLead', Lead, {
  ...reportFields,
  note: { from: 'note', codec: spacioText, reso: null },
  autoEmail: { absent: true, empty: null, reso: null },
})

/** getRegistrantsByTeam. Source: the vendor's API page, "Team Leads". */
export const teamLeadMapping = defineMapping('spacio.teamLead', Lead, {
  ...reportFields,
  note: { from: 'note', codec: spacioText, reso: null },
  autoEmail: { from: 'autoEmailStatus', codec: createNestedCodec(autoEmailMapping), reso: null },
})
