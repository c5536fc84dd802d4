import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

test('a clone on Windows has the line endings that the lint rules and the command need', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-line-endings-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  execFileSync('git', ['clone', '--quiet', '--depth=1', '-c', 'core.autocrlf=true', `file://${root}`, folder])
  const files = execFileSync('git', ['-C', folder, 'ls-files', '--eol'], { encoding: 'utf8' }).trim().split('\n')
  expect(files.length).toBeGreaterThan(500)
  expect(files.filter((line) => /\bw\/(crlf|mixed)\b/.test(line))).toEqual([])
})
