import { expect, test } from 'vitest'
import { listAnchors, listBlocks, listLinks } from '../../support/docs/markdown.ts'

const page = `
# A page, of \`code\`

See [one](one.md#two) and \`[none](none.md)\`.

<!-- no-run: needs a moon -->
\`\`\`sh
curl [x](y)

    curl deep
\`\`\`

    curl indented

    and more

## Twice

- an item

    that goes on, [here](here.md)

## Twice
<https://example.com/>
`

test('blocks: fenced with what stands above, and indented, but not what goes on in a list', () => {
  expect(listBlocks(page)).toEqual([
    { language: 'sh', note: 'no-run: needs a moon', line: 7, code: 'curl [x](y)\n\n    curl deep' },
    { language: '', note: '', line: 13, code: 'curl indented\n\nand more' },
  ])
})

test('links: those of prose', () => {
  expect(listLinks(page)).toEqual(['one.md#two', 'here.md', 'https://example.com/'])
})

test('anchors: as GitHub makes them', () => {
  expect([...listAnchors(page)]).toEqual(['a-page-of-code', 'twice', 'twice-1'])
})
