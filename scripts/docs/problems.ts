import { describeProblem, problemCodes } from '#src/problems.ts'

type Description = ReturnType<typeof describeProblem>

const actors = { caller: 'the caller', operator: 'the operator', upstream: 'the upstream' }

const introduction = `
# Problems

Every error is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). Its \`code\` is stable: decide by
it, and by \`retryAfter\` where it is there; \`detail\` is for people and may change. \`type\` leads to the text below, which a
running gateway serves as well, as JSON or as a page: \`GET /problems/{code}\`, and all of them at \`GET /problems\`.

"Retry" says whether the same request may succeed later without a change. How to use all this in a client:
[Handle errors well](recipes/handle-errors.md).

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
