/**
 * JavaScript for the page of Swagger UI. `foyerPlugin` is a plugin for it.
 * @see https://swagger.io/docs/open-source-tools/swagger-ui/customization/plugin-api/
 */
export const pageScript = `
// Without this element, a phone renders the page for a wide screen.
document.head.append(
  Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
)

// Swagger UI lacks accessible names that match what is shown, and keyboard access to long samples.
const makeAccessible = () => {
  for (const field of document.querySelectorAll('.opblock :is(input, select, textarea):not([aria-label])'))
    field.setAttribute('aria-label', field.closest('[data-param-name]')?.dataset.paramName ?? 'Example')
  for (const sample of document.querySelectorAll('pre.microlight:not([tabindex])')) sample.tabIndex = 0
  for (const button of document.querySelectorAll('.auth-btn-wrapper [aria-label]')) button.removeAttribute('aria-label')
  document.querySelector('.close-modal')?.setAttribute('aria-label', 'Close')
}
new MutationObserver(makeAccessible).observe(document.body, { childList: true, subtree: true })

const foyerPlugin = ({ React: { createElement, Fragment, useState } }) => {
  const toggle = (text, isOpen, setOpen) =>
    createElement('button', { className: 'foyer-toggle', 'aria-expanded': isOpen, onClick: () => setOpen(!isOpen) }, text)

  // A filter with an operator, such as city[in], is shown on demand: there are up to 36 of them.
  const Parameters = (Original) => (props) => {
    const [isOpen, setOpen] = useState(false)
    const isOperator = (parameter) => parameter.get('name').includes('[')
    const { size } = props.parameters.filter(isOperator)
    if (size === 0) return createElement(Original, props)
    const parameters = isOpen ? props.parameters : props.parameters.filterNot(isOperator)
    const shown = createElement(Original, { ...props, parameters })
    return createElement(Fragment, null, shown, toggle(size + ' filters with an operator', isOpen, setOpen))
  }

  // An operation has about ten errors, each with a sample. A row names the codes and shows the rest on demand.
  const Response = (Original) => (props) => {
    const [isOpen, setOpen] = useState(false)
    const codes = props.response.getIn(['content', 'application/problem+json', 'examples'])?.keySeq().join(', ')
    if (!codes) return createElement(Original, props)
    const name = createElement('td', { className: 'response-col_status' }, props.code)
    const row = createElement('tr', null, name, createElement('td', { colSpan: 2 }, toggle(codes, isOpen, setOpen)))
    return createElement(Fragment, null, row, isOpen && createElement(Original, props))
  }

  // The path stands in a button, which must not contain a link.
  const DeepLink = () => ({ text }) => createElement('span', null, text)

  return { wrapComponents: { parameters: Parameters, response: Response, DeepLink } }
}
`
