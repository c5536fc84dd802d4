/** Renders small HTML pages without scripts and external resources. */

const style = `
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto 4rem; padding: 0 1.5rem; color: #222; background: #fff }
h1 { font-size: 1.5rem; line-height: 1.2 }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0 }
button { font: inherit; padding: .4rem 1.2rem }
pre { font-size: .85rem; padding: .75rem; overflow-x: auto; background: #8881 }
small { color: #666 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } small { color: #999 } a { color: #8bf } }
`.trim()

const directives = { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] }

/** The content security policy of such a page, for the route's `helmet` option. */
export const pagePolicy = { contentSecurityPolicy: { useDefaults: false as const, directives } }

/** The same policy for a page with a form that submits to its own origin. */
export const formPolicy = {
  contentSecurityPolicy: { useDefaults: false as const, directives: { ...directives, formAction: ["'self'"] } },
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) as number};`)

/** Renders a page. The title is plain text, and the content is HTML. */
export const renderPage = (title: string, ...content: string[]): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${content.join('\n')}
</body>
</html>
`
