import { escaped, page } from '#src/lib/html-page.ts'
import type { describeProblem } from '#src/problems.ts'

type Description = ReturnType<typeof describeProblem>

const actors = {
  caller: 'the sender of the request',
  operator: 'the operator of the gateway',
  upstream: 'the upstream',
}

/** The catalogue's texts mark code by backticks. */
const marked = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** The same as the JSON, for a person. */
export const explanation = ({
  title,
  status,
  meaning,
  causes,
  remedy,
  actor,
  retryable,
  example,
}: Description): string =>
  page(
    `${title} (${status})`,
    `<p>${marked(meaning)}</p>`,
    '<h2>Why it happens</h2>',
    `<ul>${causes.map((cause) => `<li>${marked(cause)}</li>`).join('')}</ul>`,
    '<h2>What to do</h2>',
    `<p>${marked(remedy)}</p>`,
    `<p>To act: ${actors[actor]}. The same request may succeed later: ${retryable ? 'yes' : 'no'}.</p>`,
    '<h2>What it looks like</h2>',
    `<pre>${escaped(JSON.stringify(example, null, 2))}</pre>`,
    '<p><a href="../problems">All problems</a></p>',
  )
