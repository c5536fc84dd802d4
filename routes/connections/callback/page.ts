/** What a person sees who comes back from LionDesk: nothing in it is taken from the request. */
import { escaped, page } from '#src/page.ts'

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
