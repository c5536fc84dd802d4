/** The page that a person sees when he comes back from LionDesk: nothing in it is loaded, run, or taken from the request. */

const style = `
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem; color: #222; background: #fff }
h1 { font-size: 1.5rem; line-height: 1.2 }
small { color: #666 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } small { color: #999 } }
`.trim()

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) as number};`)

const page = (title: string, ...paragraphs: string[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${paragraphs.join('\n')}
</body>
</html>
`

export const connectedPage = page(
  'LionDesk is connected',
  '<p>Everything went well. You may close this window and go back to where you came from.</p>',
)

/** Of a problem document, as text or parsed. */
export const problemPage = ({ detail, requestId }: { detail: string; requestId: string }): string =>
  page(
    'LionDesk was not connected',
    `<p>${escaped(detail)}</p>`,
    '<p>You may close this window, and begin again where you came from.</p>',
    `<p><small>If it lasts, tell your administrator this number: ${escaped(requestId)}</small></p>`,
  )
