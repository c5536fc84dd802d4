import type { Description, Exchange, JournalEntry } from './types.ts'

const maxEntries = 20_000

export function createJournal() {
  let entries: JournalEntry[] = []
  let sequence = 0

  const record = (exchange: Exchange, description: Description): JournalEntry => {
    sequence++
    const entry: JournalEntry = {
      seq: sequence,
      at: new Date().toISOString(),
      method: exchange.method,
      url: exchange.request.url ?? '',
      path: exchange.path,
      query: exchange.query,
      headers: exchange.request.headers,
      ...description,
      status: null,
    }
    entries.push(entry)
    if (entries.length > maxEntries) entries.shift()
    return entry
  }

  return {
    record,
    entries: (): JournalEntry[] => [...entries],
    clear: (): void => {
      entries = []
    },
  }
}

export type Journal = ReturnType<typeof createJournal>
