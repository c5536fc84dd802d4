/** Corrects contrast, focus and small screens in Swagger UI; its design stays. */
export const stylesheet = `
/* Hides the address field, because the content security policy blocks other documents. The theme switch stays. */
.swagger-ui .topbar { padding: 0; }
.swagger-ui .topbar .link, .swagger-ui .topbar .download-url-wrapper { display: none; }
.swagger-ui .topbar .topbar-wrapper { flex-direction: row; justify-content: flex-end; padding-block: 0.25rem; }
.swagger-ui .info { margin: 1.5rem 0; }
.swagger-ui .scheme-container { padding: 1rem 0; margin-bottom: 1rem; }

/* There is one server, and every operation can be tried: nothing to choose or to cancel. A hidden button copies the path. */
.swagger-ui .servers, .swagger-ui .servers-title, .swagger-ui .try-out__btn.cancel,
.swagger-ui .opblock-summary .view-line-link { display: none; }

.swagger-ui .foyer-toggle {
  display: block; width: 100%; min-height: 24px; margin: 0; padding: 0; border: 0; background: none; color: inherit;
  font: 600 0.75rem monospace; text-align: start; overflow-wrap: anywhere; cursor: pointer;
}
.swagger-ui .foyer-toggle::before { content: '▸ ' / ''; }
.swagger-ui .foyer-toggle[aria-expanded=true]::before { content: '▾ ' / ''; }
.swagger-ui .opblock-body .parameters-container + .foyer-toggle, .swagger-ui .opblock-section + .foyer-toggle { padding: 0.5rem 20px; }

/* The links between operations are for tools. The column would narrow the responses. */
.swagger-ui .responses-table .response-col_links.response-col_links { display: none; }

/* A response with one named example leaves nothing to choose. */
.swagger-ui .response-control-examples:not(:has(option + option)) { display: none; }

.swagger-ui :focus-visible { outline: 3px solid #1f6feb; outline-offset: 2px; border-radius: 4px; }
.dark-mode .swagger-ui :focus-visible { outline-color: #8ab4ff; }

/* The contrast of text is at least 4.5:1. */
.swagger-ui ::placeholder { color: inherit; opacity: 0.8; }
.dark-mode .swagger-ui table.headers td { color: inherit; }
html:not(.dark-mode) .swagger-ui .info a, html:not(.dark-mode) .swagger-ui .renderedMarkdown a { color: #1763ad; }
html:not(.dark-mode) .swagger-ui .renderedMarkdown code { color: #7a0edb; }
html:not(.dark-mode) .swagger-ui .info .title small, html:not(.dark-mode) .swagger-ui .download-contents { background: #5b6270; }
html:not(.dark-mode) .swagger-ui .json-schema-2020-12__constraint--string { background: #8a5a00; }
html:not(.dark-mode) .swagger-ui .json-schema-2020-12-core-keyword__value--secondary p { color: #3b4151; }
html:not(.dark-mode) .swagger-ui .info .title small.version-stamp { background: #456302; }
html:not(.dark-mode) .swagger-ui .parameter__in, html:not(.dark-mode) .swagger-ui .prop-format,
html:not(.dark-mode) .swagger-ui .json-schema-2020-12-expand-deep-button { color: #595959; }
html:not(.dark-mode) .swagger-ui .btn.authorize { color: #14663c; border-color: #14663c; }
html:not(.dark-mode) .swagger-ui .btn.authorize svg { fill: #14663c; }
html:not(.dark-mode) .swagger-ui .opblock-get .opblock-summary-method { background: #1763ad; }
html:not(.dark-mode) .swagger-ui .opblock-post .opblock-summary-method { background: #197544; }
html:not(.dark-mode) .swagger-ui .opblock-patch .opblock-summary-method { background: #0b6e5c; }
html:not(.dark-mode) .swagger-ui .opblock-delete .opblock-summary-method { background: #bf2323; }
html:not(.dark-mode) .swagger-ui .btn.execute { background: #1763ad; border-color: #1763ad; }

/* Long names wrap, and wide code scrolls within its box. */
.swagger-ui .opblock-summary-path, .swagger-ui .opblock-description { overflow-wrap: anywhere; }
.swagger-ui .highlight-code, .swagger-ui .curl-command { max-width: 100%; overflow-x: auto; }

@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .opblock .opblock-section-header, .swagger-ui .opblock-description-wrapper,
  .swagger-ui .responses-inner, .swagger-ui .table-container, .swagger-ui .execute-wrapper { padding-inline: 0.75rem; }
  .swagger-ui .opblock .opblock-summary-operation-id { display: none; }
  .swagger-ui .opblock-tag { flex-wrap: wrap; padding-inline: 0; }
  .swagger-ui .opblock-tag small { flex-basis: 80%; order: 1; padding: 0.25rem 0 0; }
  .swagger-ui .opblock .opblock-summary-method { min-width: 4rem; padding-inline: 0; }

  /* Table rows become blocks. */
  .swagger-ui table.parameters > thead, .swagger-ui table.responses-table > thead { display: none; }
  .swagger-ui table.parameters, .swagger-ui table.responses-table,
  .swagger-ui table.parameters > tbody, .swagger-ui table.responses-table > tbody,
  .swagger-ui table.parameters > tbody > tr, .swagger-ui table.responses-table > tbody > tr,
  .swagger-ui table.parameters > tbody > tr > td, .swagger-ui table.responses-table > tbody > tr > td {
    display: block; width: auto; max-width: 100%; min-width: 0; padding-inline: 0;
  }
  .swagger-ui table.parameters > tbody > tr { padding-block: 0.5rem; }
  .swagger-ui .parameter__name { overflow-wrap: anywhere; }
  .swagger-ui table.parameters > tbody > tr > td { padding-block: 0.125rem; }
  .swagger-ui .parameters-col_description input, .swagger-ui .parameters-col_description select,
  .swagger-ui .parameters-col_description textarea { width: 100%; max-width: 100%; box-sizing: border-box; font-size: 16px; }
  .swagger-ui .dialog-ux .modal-ux { width: 94vw; min-width: 0; }
  .swagger-ui .auth-container input { min-width: 0; width: 100%; box-sizing: border-box; }
}
`
