import { describeProblem, problemCodes } from '#src/problems.ts'

type Description = ReturnType<typeof describeProblem>

const actors = { caller: 'the caller', operator: 'the operator', upstream: 'the upstream' }

const introduction = `
# Problems

Every error is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). A program should use
\`code\`, which is stable, and \`retryAfter\` if the problem has it. \`detail\` is for people and may change. \`type\` is the path of
a page with the text below. A running gateway serves each problem at \`GET /problems/{code}\` and all of them at
\`GET /problems\`, as JSON or as a page.

The column "retry" shows whether the same request may succeed later without a change. [Handle errors](recipes/handle-errors.md)
shows how to handle errors in a client.

`.trimStart()

const formatRow = ({ code, status, title, actor, retryable }: Description): string =>
  `| [\`${code}\`](#${code}) | ${status} | ${title} | ${actors[actor]} | ${retryable ? 'yes' : 'no'} |`

const formatTable = (all: readonly Description[]): string =>
  ['| code | status | title | who acts | retry |', '|---|---|---|---|---|', ...all.map(formatRow)].join('\n')

const formatSection = ({ code, status, title, meaning, causes, remedy, example }: Description): string =>
  `
## ${code}

**${status} ${title}.** ${meaning}

${causes.map((cause) => `- ${cause}`).join('\n')}

${remedy}

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`
`

/** Returns the page of the error catalogue. */
export const renderProblemsPage = (): string => {
  const all = problemCodes.map((code) => describeProblem(code))
  return `${introduction}${formatTable(all)}\n${all.map(formatSection).join('')}`
}
