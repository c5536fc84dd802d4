/** Parses the Markdown that the project's pages use: code blocks, links and headings. */

export interface Block {
  /** The language of the fence; empty for an indented block. */
  language: string
  code: string
  /** The line at which it begins, from 1. */
  line: number
  /** The text of an HTML comment on the line above, such as `no-run: needs Docker`. */
  note: string
}

const fence = /^ {0,3}(`{3,}|~{3,})\s*(\w*)/

const findComment = (lines: readonly string[], index: number): string =>
  /^<!--\s*(.*?)\s*-->$/.exec(lines[index - 1]?.trim() ?? '')?.[1] ?? ''

const isIndented = (line: string | undefined): boolean => /^ {4}/.test(line ?? '')

const isListItem = (line: string): boolean => /^\s*([-*]|\d+\.)\s/.test(line)

/** Indented code follows a blank line and is not inside a list. */
const isIndentedStart = (lines: readonly string[], index: number): boolean => {
  if (!isIndented(lines[index]) || (lines[index - 1] ?? '').trim() !== '') return false
  const before = lines.slice(0, index).findLast((line) => line.trim() !== '' && !isIndented(line))
  return before === undefined || !isListItem(before)
}

const findFenceEnd = (lines: readonly string[], index: number, mark: string): number => {
  const end = lines.findIndex((line, at) => at > index && line.trim().startsWith(mark))
  return end < 0 ? lines.length : end
}

const findIndentedEnd = (lines: readonly string[], index: number): number => {
  const after = lines.findIndex((line, at) => at > index && line.trim() !== '' && !isIndented(line))
  return after < 0 ? lines.length : after
}

interface Part {
  block: Block | null
  /** The lines outside code; lines of code are blank. */
  prose: string[]
  next: number
}

const readPart = (lines: readonly string[], index: number): Part => {
  const [, mark, language = ''] = fence.exec(lines[index] ?? '') ?? []
  const at = { line: index + 1, note: findComment(lines, index) }
  if (mark) {
    const end = findFenceEnd(lines, index, mark)
    return { block: { ...at, language, code: lines.slice(index + 1, end).join('\n') }, prose: [''], next: end + 1 }
  }
  if (isIndentedStart(lines, index)) {
    const end = findIndentedEnd(lines, index)
    const code = lines.slice(index, end).map((line) => line.slice(4))
    return { block: { ...at, language: '', code: code.join('\n').trimEnd() }, prose: [''], next: end }
  }
  return { block: null, prose: [lines[index] ?? ''], next: index + 1 }
}

const splitParts = (text: string): Part[] => {
  const lines = text.split('\n')
  const parts: Part[] = []
  for (let index = 0; index < lines.length; ) {
    const part = readPart(lines, index)
    parts.push(part)
    index = part.next
  }
  return parts
}

export const listBlocks = (text: string): Block[] => splitParts(text).flatMap(({ block }) => block ?? [])

const getProse = (text: string): string =>
  splitParts(text)
    .flatMap(({ prose }) => prose)
    .join('\n')

/** Returns the targets of all links and images outside code. */
export const listLinks = (text: string): string[] => {
  const prose = getProse(text).replace(/`[^`]*`/g, 'code')
  const inline = [...prose.matchAll(/\]\(\s*([^)\s]*)[^)]*\)/g)].map(([, target]) => target as string)
  const bare = [...prose.matchAll(/<(https?:[^>\s]*)>/g)].map(([, target]) => target as string)
  return [...inline, ...bare]
}

/** Returns the texts between backticks. */
export const listCodeSpans = (text: string): string[] =>
  [...getProse(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)

const toAnchor = (heading: string): string =>
  heading
    .replace(/`|\*/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** Returns the anchors of the headings, as GitHub creates them: a repeated name gets the suffix `-1`. */
export const listAnchors = (text: string): Set<string> => {
  const counts = new Map<string, number>()
  const anchors = [...getProse(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading]) => {
    const anchor = toAnchor(heading as string)
    const count = counts.get(anchor) ?? 0
    counts.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
  return new Set(anchors)
}
