import type { Random } from '../random.ts'
import type { AutoEmailStatus, Lead, Stance } from './types.ts'

const firstNames = [
  'Ada',
  'Bilal',
  'Chloé',
  'Dario',
  'Elif',
  'Femi',
  'Greta',
  'Hiro',
  'Inés',
  'Jonas',
  'Kavya',
  'Łucja',
  'Mateo',
]
const lastNames = [
  'Achterberg',
  'Bakare',
  'Castellanos',
  'Dvořák',
  "O'Farrell",
  'Grünwald',
  'Hakimi',
  'Ivanova',
  'Jansen',
]
const unsplitNames = ['王小明', '陈丽华', 'Sam 🏡', 'Zoë "Zee" Quill', 'María-José de la Vega', 'Пётр Орлов', '佐藤 健']

/** Some notes contain quoted text that a careless repair of invalid JSON would change. */
const notes = [
  'Wants to see it again with the kids',
  'May be back on Sunday',
  'Budget up to $900,000, no more',
  'Gate code 0071, ring twice',
  'said: "sid": 000123, then left }',
  'trailing, ] and, } inside a note,',
  'two\nlines',
  '想周末再来看一次 🙂',
]

const emailsToVisitors: readonly AutoEmailStatus[] = [
  { sentToVisitor: true, sentToVisitorRepresentation: false, opened: true, details: 'To the visitor (opened: yes)' },
  { sentToVisitor: true, sentToVisitorRepresentation: false, opened: false, details: 'To the visitor (opened: no)' },
]
const emailsOfRepresented: readonly AutoEmailStatus[] = [
  { sentToVisitor: false, sentToVisitorRepresentation: true, opened: true, details: 'To the agent (opened: yes)' },
  { sentToVisitor: false, sentToVisitorRepresentation: false, opened: false, details: 'Held back: represented' },
]

type Visitor = Pick<
  Lead,
  'name' | 'email' | 'phone' | 'hasAgent' | 'hasFinancing' | 'isBroker' | 'note' | 'autoEmailStatus'
>

export const blankEmailStatus: AutoEmailStatus = {
  sentToVisitor: false,
  sentToVisitorRepresentation: false,
  opened: false,
  details: '',
}

function makePhone(random: Random): string {
  if (random.chance(0.12)) return ''
  const line = `01${String(random.integer(0, 99)).padStart(2, '0')}`
  const area = random.integer(201, 989)
  return random.chance(0.7) ? `${area}-555-${line}` : `${area}555${line}`
}

function makeStance(random: Random): Stance {
  const draw = random.next()
  if (draw < 0.3) return 'YES'
  return draw < 0.75 ? 'NO' : 'UNKNOWN'
}

export function makeVisitor(random: Random, number: number): Visitor {
  const whole = random.chance(0.06)
  const stated: Omit<Visitor, 'autoEmailStatus'> = {
    name: whole ? random.pick(unsplitNames) : `${random.pick(firstNames)} ${random.pick(lastNames)}`,
    email: `visitor${number}@example.${random.chance(0.8) ? 'com' : 'org'}`,
    phone: makePhone(random),
    hasAgent: makeStance(random),
    hasFinancing: makeStance(random),
    isBroker: random.chance(0.04) ? 'YES' : 'NO',
    note: random.chance(0.7) ? '' : random.pick(notes),
  }
  const emails = stated.hasAgent === 'YES' ? emailsOfRepresented : emailsToVisitors
  return { ...stated, autoEmailStatus: random.pick(emails) }
}
