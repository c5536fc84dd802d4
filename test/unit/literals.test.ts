import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Lists each accessor in an object literal with its position. */
const findAccessors = (file: string): string[] => {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isAccessor(node) && ts.isObjectLiteralExpression(node.parent)) found.push(`${file}: ${node.name.getText()}`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('no object literal has a getter, because its shape would keep the closure in memory for long', () => {
  const files = globSync('{src,routes,schemas}/**/*.ts', { cwd: root })
  expect(files.length).toBeGreaterThan(100)
  expect(files.flatMap(findAccessors)).toEqual([])
})
