/** The laws of contacts and events: a search finds what it names, in any letter case, and nothing else. */
import { type Check, retryOnce, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import type { Target } from '../targets.ts'
import { assertContract } from '../verdicts.ts'
import { isSame, readPage } from './lists.ts'

const listTexts = (elements: readonly Json[], field: string): string[] => elements.map((each) => String(each[field]))

const listTimes = (elements: readonly Json[]): string[] =>
  listTexts(
    elements.filter((each) => each.createdAt !== null),
    'createdAt',
  )

export const createContactCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: only contacts with the address, in any letter case`,
    run: async ({ read }) => {
      const address = new URLSearchParams(path.split('?')[1]).get('email') ?? ''
      const find = async (email: string) => {
        const { data } = readPage(await read(`/contacts?${new URLSearchParams({ email, limit: '200' })}`))
        const others = listTexts(data, 'email').filter((each) => each.trim().toLowerCase() !== address.toLowerCase())
        assertContract(others.length === 0, `${others.length} contacts have another address`)
        return listTexts(data, 'id')
      }
      const found = await find(address)
      assertContract(found.length > 0, 'the contact is not found by its address')
      const upperCaseIds = new Set(await find(address.toUpperCase()))
      const missingIds = (await find(address.toLowerCase())).filter((id) => !upperCaseIds.has(id))
      assertContract(missingIds.length === 0, `${missingIds.length} contacts are found in lower case only`)
      return `${found.length} found`
    },
  })

export const createContactEventsCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: only events of the contact; sort=createdAt rises, -createdAt falls`,
    run: async ({ read }) => {
      const contactId = new URLSearchParams(path.split('?')[1]).get('contactId')
      const list = async (sort: string) => readPage(await read(withQuery(path, { sort, limit: 200 }))).data
      const [newest, oldest] = [await list('-createdAt'), await list('createdAt')]
      assertContract(
        newest.every((event) => event.contactId === contactId),
        'events of other contacts',
      )
      const [falling, rising] = [listTimes(newest), listTimes(oldest)]
      assertContract(isSame(falling, falling.toSorted().reverse()), 'sort=-createdAt does not fall')
      assertContract(isSame(rising, rising.toSorted()), 'sort=createdAt does not rise')
      const [first] = newest
      if (first?.type) {
        const same = readPage(await read(withQuery(path, { type: String(first.type), limit: 200 }))).data
        assertContract(listTexts(same, 'id').includes(String(first.id)), 'type does not find an event of this type')
      }
      return `${newest.length} events`
    },
  })
