import { renderPage } from '#src/lib/html-page.ts'
import type { describeProblem } from '#src/problems.ts'
import { renderCode } from './_code/page.ts'

type Description = Pick<ReturnType<typeof describeProblem>, 'code' | 'status' | 'title' | 'meaning'>

/** The error catalogue for a person, by status. */
export const renderProblemList = (problems: readonly Description[], publicPath: string): string =>
  renderPage(
    'Problems',
    ...[...Map.groupBy(problems, ({ status }) => status)].map(([status, same]) => {
      const items = same.map(
        ({ code, title, meaning }) =>
          `<li><a href="${publicPath}/problems/${code}">${title}</a>: ${renderCode(meaning)}</li>`,
      )
      return `<h2>${status}</h2>\n<ul>${items.join('')}</ul>`
    }),
  )
