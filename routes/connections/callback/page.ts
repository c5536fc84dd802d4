/** What a person sees who comes back from LionDesk. */
import { escapeHtml, renderPage } from '#src/lib/html-page.ts'

export const connectedPage = renderPage(
  'LionDesk is connected',
  '<p>Everything went well. You may close this window and go back to where you came from.</p>',
)

/** Asks whether the account is meant for the client that began; the form repeats the request. */
export const renderConfirmationPage = (client: string, fields: Readonly<Record<string, string>>): string => {
  // The client of a token is named by its subject.
  const name = client.replace(/^jwt:/, '')
  return renderPage(
    `Connect LionDesk to “${name}”?`,
    `<p>“${escapeHtml(name)}” asked for access to your LionDesk account. It will be able to read and change the properties of your events.</p>`,
    `<p>If you did not begin this yourself in “${escapeHtml(name)}”, close this window: then nothing is connected.</p>`,
    '<form>',
    ...Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    ),
    '<button>Connect</button>',
    '</form>',
  )
}

/** Of a problem document, as text or parsed. */
export const renderProblemPage = ({ detail, requestId }: { detail: string; requestId: string }): string =>
  renderPage(
    'LionDesk was not connected',
    `<p>${escapeHtml(detail)}</p>`,
    '<p>You may close this window, and begin again where you came from.</p>',
    `<p><small>If it lasts, tell your administrator this number: ${escapeHtml(requestId)}</small></p>`,
  )
