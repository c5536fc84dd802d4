import { escapeHtml, renderPage } from '#src/lib/html-page.ts'
import type { describeProblem } from '#src/problems.ts'

type Description = ReturnType<typeof describeProblem>

const actorNames = {
  caller: 'the sender of the request',
  operator: 'the operator of the gateway',
  upstream: 'the upstream',
}

/** Converts the backticks of the catalogue's texts to `<code>`. */
export const renderCode = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** Renders the explanation of a problem as an HTML page. */
export const renderExplanation = ({
  title,
  status,
  meaning,
  causes,
  remedy,
  actor,
  retryable,
  example,
}: Description): string =>
  renderPage(
    `${title} (${status})`,
    `<p>${renderCode(meaning)}</p>`,
    '<h2>Why it happens</h2>',
    `<ul>${causes.map((cause) => `<li>${renderCode(cause)}</li>`).join('')}</ul>`,
    '<h2>What to do</h2>',
    `<p>${renderCode(remedy)}</p>`,
    `<p>To act: ${actorNames[actor]}. The same request may succeed later: ${retryable ? 'yes' : 'no'}.</p>`,
    '<h2>What it looks like</h2>',
    `<pre tabindex="0">${escapeHtml(JSON.stringify(example, null, 2))}</pre>`,
    '<p><a href="../problems">All problems</a></p>',
  )
