/** The HTML pages for a user who returns from LionDesk. */
import { escapeHtml, renderPage } from '#src/lib/html-page.ts'

export const connectedPage = renderPage(
  'LionDesk is connected',
  '<p>The account is connected. You may close this window and return to the application.</p>',
)

/** Asks the user to confirm which client gets the account. The form repeats the request. */
export const renderConfirmationPage = (client: string, fields: Readonly<Record<string, string>>): string => {
  // The id of a JWT client is `jwt:` and the token's subject.
  const name = client.replace(/^jwt:/, '')
  return renderPage(
    `Connect LionDesk to “${name}”?`,
    `<p>“${escapeHtml(name)}” asked for access to your LionDesk account. It will be able to read and change the properties of your events.</p>`,
    `<p>If you did not start this in “${escapeHtml(name)}” yourself, close this window. Then nothing is connected.</p>`,
    '<form>',
    ...Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    ),
    '<button>Connect</button>',
    '</form>',
  )
}

/** Renders a problem document. */
export const renderProblemPage = ({ detail, requestId }: { detail: string; requestId: string }): string =>
  renderPage(
    'LionDesk was not connected',
    `<p>${escapeHtml(detail)}</p>`,
    '<p>You may close this window and start again in the application.</p>',
    `<p><small>If the problem persists, send this id to your administrator: ${escapeHtml(requestId)}</small></p>`,
  )
