import { expect, test } from 'vitest'
import { hasVisibleCharacter } from '#src/lib/visible-text.ts'

test.for([
  '',
  ' \t\n',
  '\u0000',
  '\u0000 \u001f\u007f\u009f',
  '\ud800',
  '\udc00\ud800',
  '\u00ad',
  '\u200b\u200d\u2060',
  '\ufeff',
  '\u00a0\u3000\u2028',
  '\u202e\u2066',
  '\ufe0f\u034f',
  '\u115f\u1160\u3164\uffa0',
  '\u2800',
  '\u{e0001}',
])('%j has no visible character', (text) => {
  expect(hasVisibleCharacter(text)).toBe(false)
  expect(hasVisibleCharacter(`${text}a${text}`)).toBe(true)
})

test.for(['.', '0', 'é', '自', '😀', '\u0301', '👨‍👩‍👧', '\u0000x', '\ud800x'])(
  '%j has a visible character',
  (text) => {
    expect(hasVisibleCharacter(text)).toBe(true)
  },
)
