import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Names that had several meanings, or that a new reader could not understand. CONTRIBUTING.md has the words in use. */
const retiredNames = new Set(
  [
    'late lateAwaited endInGoodOrder longestEnd atOnce atOnceSent Written Sheet isWritten wholeOf textOf layOut Layout',
    'takesPlace releasePlace unusual orGiven GivenText Answers Served Bounds isForced evenIfForced createUnderstanding understand chosenBy',
    'meets everyAgent Held orUnavailable patiently alone SameBytes sameBytes isKnown createTurns hasLeft tookTooLong',
    'wasCut isCut complaintOfHead complaintOfTarget complaintOfUrl refuseSlowly holderOf Found sayWho sayWhat',
    'sayFreshness knock steadily unobserved nobody untold begun asked house House room rooms door Rewriter',
  ].flatMap((line) => line.split(' ')),
)

const retiredFiles = /^(late|ending|written|layout|rewriter?|rewrites|decoded|ask|cut|turns|port|words|house)\.ts$/

/** A function named `xOf` or `xIn` hides its verb. */
const hiddenVerb = /[a-z](Of|In)$/

/** Phrases that a reader has to read twice. */
const retiredPhrases = /\b(whoever|as ever|at once it|comes? to nothing|be none|ask(s|ed)? anew|begins? anew|be had)\b/i

const files = globSync('{src,routes,schemas,cli,tools,sandbox,scripts,bench,test}/**/*.ts', {
  cwd: root,
  exclude: ['**/node_modules/**'],
})

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const isFunction = (node: ts.Node | undefined): boolean =>
  node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node))

const isNamedFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodSignature(node) ||
  (ts.isVariableDeclaration(node) && isFunction(node.initializer))

const findRetired = (file: string): string[] => {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const { name } = node as ts.NamedDeclaration
    if (name && ts.isIdentifier(name) && !ts.isPropertyAssignment(node)) {
      if (retiredNames.has(name.text)) found.push(`${file}: ${name.text}`)
      if (isNamedFunction(node) && hiddenVerb.test(name.text)) found.push(`${file}: ${name.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('no declaration has a retired name, and no function hides its verb', () => {
  expect(files.length).toBeGreaterThan(500)
  expect(files.flatMap(findRetired)).toEqual([])
})

test('no file has a retired name', () => {
  expect(files.filter((file) => file.startsWith('src/') && retiredFiles.test(basename(file)))).toEqual([])
})

test('no comment and no page has a phrase that has to be read twice', () => {
  const pages = globSync('{*.md,docs/*.md,docs/recipes/*.md}', { cwd: root }).filter((page) => page !== 'CHANGELOG.md')
  const texts = [...files.filter((file) => !file.startsWith('test/')), ...pages]
  expect(
    texts.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (retiredPhrases.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    ),
  ).toEqual([])
})
