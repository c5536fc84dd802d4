import { globSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
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
const retiredPhrases = new RegExp(
  `\\b(${[
    'whoever|as ever|at once it|comes? (to nothing|about)|be none|anew|be had|somebody else|(that|who|where|by) nobody',
    'what (is|was) (kept|remembered|asked|given|sent|taken)|stood in|stands? in while|asked upstream|told of',
  ].join('|')})\\b`,
  'i',
)

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

const pages = globSync(
  '{{*.md,docs/**/*.md,{sandbox,clients}/**/README.md},{{deploy,examples}/**/*,clients/typescript/src/*.ts,compose.yaml,Dockerfile}}',
  {
    cwd: root,
    exclude: ({ name }) => name === 'node_modules',
    withFileTypes: true,
  },
)
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))

test('no comment, title or page has a phrase that has to be read twice', () => {
  expect(pages).toContain('deploy/prometheus/alerts.yaml')
  const texts = [...files.filter((file) => file !== 'test/unit/vocabulary.test.ts'), ...pages]
  expect(
    texts.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, index) => (retiredPhrases.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    ),
  ).toEqual([])
})
