import { describe, expect, test } from 'vitest'
import type { OpenEmpty } from './contract.ts'
import { hostileTexts } from './hostile-texts.ts'

/** Sorted by code units, as in JavaScript: the emoji, a surrogate pair, comes before U+FF5E. */
const unordered = ['b', '～', '👩', 'a', '10', '9', '__proto__', 'Z', 'é']
const ordered = ['10', '9', 'Z', '__proto__', 'a', 'b', 'é', '👩', '～']

const describeHostileTexts = (openEmpty: OpenEmpty): void =>
  test.each(['ids and values', 'collections'])(
    'malicious %s are returned unchanged, each one separate',
    async (kind) => {
      const store = await openEmpty()
      const place = (text: string): [string, string] => (kind === 'collections' ? [text, 'id'] : ['collection', text])
      for (const text of hostileTexts) await store.putRecord(...place(text), text)
      for (const text of hostileTexts) {
        expect(await store.getRecord(...place(text))).toBe(text)
        expect(await store.replaceRecord(...place(text), `${text}.`, 'other')).toBe(false)
        expect((await store.listRecords(place(text)[0])).get(place(text)[1])).toBe(text)
      }
      for (const text of hostileTexts) {
        expect(await store.replaceRecord(...place(text), text, `${text}.`)).toBe(true)
        expect(await store.removeRecord(...place(text))).toBe(true)
        expect(await store.getRecord(...place(text))).toBeNull()
      }
    },
  )

export const describeRecords = (openEmpty: OpenEmpty): void => {
  describe('records', () => {
    test('are there until they are removed', async () => {
      const store = await openEmpty()
      expect(await store.getRecord('people', 'a')).toBeNull()
      await store.putRecord('people', 'a', 'Ann')
      await store.putRecord('people', 'a', 'Anna')
      expect(await store.getRecord('people', 'a')).toBe('Anna')
      expect(await store.removeRecord('people', 'a')).toBe(true)
      expect(await store.removeRecord('people', 'a')).toBe(false)
      expect(await store.getRecord('people', 'a')).toBeNull()
      expect(await store.listRecords('people')).toEqual(new Map())
    })

    test('are listed in the order of the code units of their ids', async () => {
      const store = await openEmpty()
      for (const id of unordered) await store.putRecord('people', id, `of ${id}`)
      expect([...(await store.listRecords('people'))]).toEqual(ordered.map((id) => [id, `of ${id}`]))
    })

    test('a returned list does not change', async () => {
      const store = await openEmpty()
      await store.putRecord('people', 'a', 'Ann')
      const list = await store.listRecords('people')
      await store.putRecord('people', 'a', 'Anna')
      await store.putRecord('people', 'b', 'Bob')
      expect(list).toEqual(new Map([['a', 'Ann']]))
    })

    test('collections are apart from one another, and from values', async () => {
      const store = await openEmpty()
      await store.putRecord('one', 'id', 'a')
      await store.putRecord('two', 'id', 'b')
      await store.set('one', 'value')
      expect(await store.removeRecord('two', 'id')).toBe(true)
      expect(await store.listRecords('one')).toEqual(new Map([['id', 'a']]))
      expect(await store.get('one')).toBe('value')
      expect(await store.get('id')).toBeNull()
    })

    test('replaceRecord replaces the given one only', async () => {
      const store = await openEmpty()
      expect(await store.replaceRecord('people', 'a', 'Ann', 'Anna')).toBe(false)
      expect(await store.getRecord('people', 'a')).toBeNull()
      await store.putRecord('people', 'a', 'Ann')
      expect(await store.replaceRecord('people', 'a', 'ann', 'Anna')).toBe(false)
      expect(await store.replaceRecord('people', 'a', 'Ann', 'Anna')).toBe(true)
      expect(await store.replaceRecord('people', 'a', 'Ann', 'Anne')).toBe(false)
      expect(await store.getRecord('people', 'a')).toBe('Anna')
    })

    test('of 50 that replace the same record concurrently, one succeeds', async () => {
      const store = await openEmpty()
      await store.putRecord('people', 'a', 'Ann')
      const attempts = Array.from({ length: 50 }, (_, index) => store.replaceRecord('people', 'a', 'Ann', `${index}`))
      const outcomes = await Promise.all(attempts)
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await store.getRecord('people', 'a')).toBe(`${outcomes.indexOf(true)}`)
    })

    describeHostileTexts(openEmpty)
  })
}
