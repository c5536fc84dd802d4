import { Type } from 'typebox'
import { component, textOrNull, timeOrNull } from './fields.ts'
import { connection, email, include, paging, phone, query } from './parameters.ts'
import { source } from './source.ts'

export const Contact = component(
  'Contact',
  'A person in the CRM. Several contacts can have the same e-mail address or phone number.',
  {
    id: textOrNull('Id of the contact; null if the upstream does not return it.'),
    firstName: textOrNull('First name.'),
    lastName: textOrNull('Last name.'),
    email: textOrNull('E-mail address, in the letter case of the CRM.'),
    mobilePhone: textOrNull('Mobile phone; free text.'),
    homePhone: textOrNull('Home phone; free text.'),
    officePhone: textOrNull('Office phone; free text.'),
    fax: textOrNull('Fax; free text.'),
    company: textOrNull('Company.'),
    birthdate: textOrNull('Birthday; free text, usually `YYYY-MM-DD`.'),
    anniversary: textOrNull('Anniversary of a purchase or a sale; free text, usually `YYYY-MM-DD`.'),
    spousePartnerName: textOrNull('Name of the spouse.'),
    spousePartnerEmail: textOrNull('E-mail address of the spouse.'),
    spousePartnerPhone: textOrNull('Phone of the spouse; free text.'),
    spousePartnerBirthdate: textOrNull('Birthday of the spouse; free text.'),
    tags: textOrNull('Tags, as one text. The upstream does not document the separator.'),
    ownerUserId: textOrNull('Id of the CRM user who owns the contact.'),
    assignedUserId: textOrNull('Id of the CRM user to whom the contact is assigned.'),
    hotnessId: textOrNull('Id of the hotness of the contact in the CRM.'),
    sourceId: textOrNull('Id of the origin of the contact in the CRM.'),
    createdAt: timeOrNull('Time at which the contact was created.'),
    modifiedAt: timeOrNull('Time at which the contact was last changed.'),
    source,
  },
  {
    id: '1',
    firstName: 'Elif',
    lastName: 'Dvořák',
    email: 'visitor2@example.com',
    mobilePhone: '517-555-0104',
    homePhone: null,
    officePhone: null,
    fax: null,
    company: null,
    birthdate: '1984-02-29',
    anniversary: null,
    spousePartnerName: null,
    spousePartnerEmail: null,
    spousePartnerPhone: null,
    spousePartnerBirthdate: null,
    tags: null,
    ownerUserId: '1',
    assignedUserId: null,
    hotnessId: null,
    sourceId: null,
    createdAt: '2026-02-06T17:04:11Z',
    modifiedAt: '2026-02-06T17:04:11Z',
  },
)

/** Parameters of the list of contacts. */
export const contactQuery = query({
  email: Type.Optional({
    ...email,
    description:
      'E-mail address of the contacts. The CRM may distinguish letter case: send an address with capital letters as the CRM stores it.',
    examples: ['visitor2@example.com'],
  }),
  phone: Type.Optional(phone),
  ...paging,
  ...connection,
  ...include,
})
