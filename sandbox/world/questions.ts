import type { Random } from '../random.ts'
import type { Answer, Question, Stance } from './types.ts'

const createRadio = (answer: string, answerCN: string) => ({ answer, answerCN, type: 'radio' as const })
const createCheckbox = (answer: string, answerCN: string) => ({ answer, answerCN, type: 'checkbox' as const })

export const questions: readonly Question[] = [
  {
    questionID: '5a10c0de0000000000000001',
    question: 'Is an agent helping you with your search?',
    questionCN: '有经纪人协助您找房吗?',
    type: 'agent',
    caption: 'Is an agent helping you with your search? (We ask for their contact if so)',
  },
  {
    questionID: '5a10c0de0000000000000002',
    question: 'Do you have a loan approval in hand?',
    questionCN: '您已获得贷款预批吗?',
    type: 'yn',
    caption: 'Do you have a loan approval in hand?',
  },
  {
    questionID: '5a10c0de0000000000000003',
    question: 'Where do you live today?',
    questionCN: '您目前的居住方式是?',
    type: 'mc',
    choices: [
      createRadio('My own home', '自有住房'),
      createRadio('A rented home', '租房'),
      createRadio('With family', '与家人同住'),
    ],
  },
  {
    questionID: '5a10c0de0000000000000004',
    question: 'What brought you here today?',
    questionCN: '您今天是怎么知道这里的?',
    type: 'text',
  },
  {
    questionID: '5a10c0de0000000000000005',
    question: 'Which of these matter to you?',
    questionCN: '您看重哪些方面?',
    type: 'mc',
    choices: [createCheckbox('Schools', '学校'), createCheckbox('Garden', '花园'), createCheckbox('Parking', '车位')],
  },
]

const freeTexts = [
  'A sign on the street',
  'Social media',
  '朋友介绍',
  'N/A',
  'N/A',
  'Other',
  'My "old" neighbour, who lives at {12}',
  '',
]

interface Stances {
  hasAgent: Stance
  hasFinancing: Stance
}

/** Returns the answer that agrees with the fields of the lead, or undefined for unrelated questions. */
export function findStatedAnswer({ type }: Question, { hasAgent, hasFinancing }: Stances): string | undefined {
  if (type !== 'agent' && type !== 'yn') return undefined
  const stance = type === 'agent' ? hasAgent : hasFinancing
  return stance === 'UNKNOWN' ? 'N/A' : stance
}

function drawAnswer(question: Question, random: Random): string {
  if (question.type === 'text') return random.pick(freeTexts)
  if (random.chance(0.08)) return 'N/A'
  if (question.choices !== undefined) return random.pick(question.choices).answer
  return random.chance(0.4) ? 'YES' : 'NO'
}

export function makeAnswers(random: Random, stances: Stances): Answer[] {
  if (random.chance(0.15)) return []
  const chosenQuestions = questions.slice(0, random.integer(2, questions.length))
  return chosenQuestions.map((question) => {
    const drawn = drawAnswer(question, random)
    return { question, answer: findStatedAnswer(question, stances) ?? drawn }
  })
}
