// The leads of one day, live. All that it takes: GET /leads, the feed and its tickets, GET /leads/export.
const find = (id) => document.getElementById(id)
const [form] = document.forms
const meta = (name) => document.querySelector(`meta[name=${name}]`).content
const given = [new URLSearchParams(location.search).get('api'), meta('api')].find((url) => /^https?:/.test(url))
const api = given.replace(/\/+$/, '')
let view // What the form asked for, and how far its list and its feed were read.

const urlOf = (path, parameters) => `${api}${path}?${new URLSearchParams(parameters)}`
/** The calendar day of a moment in a time zone, as YYYY-MM-DD: so Canada writes it. */
const dayOf = (moment, timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)
/** A problem document (RFC 9457) as an error that can be read out. */
const errorOf = ({ title, detail, status }) => Object.assign(new Error(`${title}: ${detail}`), { status })

async function send(url, options) {
  const reply = await fetch(url, options).catch(() => Promise.reject(new Error(`The API at ${api} cannot be reached.`)))
  if (!reply.ok) throw errorOf(await reply.json())
  return reply
}

/** Asks the API. `next` is the address of the next page, from the `Link` header. */
async function ask(url, options) {
  const reply = await send(url, options)
  const body = await reply.json()
  const [, next] = reply.headers.get('link')?.match(/<([^>]*)>; rel="next"/) ?? []
  return { ...body, next: next && new URL(next, reply.url) }
}

/** Shows what the form asks for; what the view before had under way is aborted. */
function open() {
  view?.ending.abort()
  const ending = new AbortController()
  const { day, key, ...fields } = Object.fromEntries(new FormData(form))
  const query = { ...fields, from: day, to: day }
  const feed = { brokerageId: fields.brokerageId }
  // Keys are ASCII; whatever else is typed must not break the header.
  const headers = key ? { 'X-API-Key': encodeURI(key.trim()) } : {}
  view = { ...fields, headers, day, query, feed, ids: new Set(), ending, signal: ending.signal }
  report(view, 'Connecting…')
  for (const id of ['leads', 'news']) find(id).replaceChildren()
  find('more').hidden = true
  follow(view)
}

/** Reads the list, then listens for new leads. When the stream breaks, it goes on where it was, with a new ticket. */
async function follow(mine) {
  const { query, feed, signal } = mine // As options of fetch, `mine` brings its headers and its signal.
  let stream
  const again = (error) => {
    stream?.close()
    if (signal.aborted) return
    // The feed knows the position no more, as after 14 days: from the beginning, then.
    if (feed.after && [400, 410].includes(error.status)) return open()
    const isFinal = error.status < 500 && error.status !== 429
    report(mine, isFinal ? 'Stopped' : 'Reconnecting…', error)
    if (!isFinal) setTimeout(follow, 1000 + 2000 * Math.random(), mine)
  }
  try {
    // First the feed's position, then the list: nobody is missed. Later it tells why a stream broke; EventSource cannot.
    const { data, cursor } = await ask(urlOf('/leads/feed', feed), mine)
    if (!feed.after) await addPage(mine, urlOf('/leads', { ...query, limit: 25 }))
    arrive(mine, data, cursor)
    const body = new Blob([JSON.stringify({ brokerageId: mine.brokerageId })], { type: 'application/json' })
    const { ticket } = await ask(`${api}/leads/feed/tickets`, { ...mine, method: 'POST', body })
    stream = new EventSource(urlOf('/leads/feed', { ...feed, ticket }))
    stream.onopen = () => report(mine, 'Live')
    stream.onerror = again
    stream.addEventListener('problem', (event) => again(errorOf(JSON.parse(event.data))))
    stream.addEventListener('lead', (event) => arrive(mine, [JSON.parse(event.data)], event.lastEventId))
    signal.addEventListener('abort', () => stream.close())
  } catch (error) {
    again(error)
  }
}

async function addPage(mine, url) {
  const { data, pagination, next } = await ask(url, mine)
  Object.assign(mine, { next, total: pagination.total })
  find('more').hidden = !next
  add(mine, data)
}

/** The feed has every new lead of the brokerage: the list takes those of its day that pass its filter. */
function arrive(mine, leads, cursor) {
  mine.feed.after = cursor
  for (const lead of leads) {
    const isOfDay = !lead.createdAt || dayOf(new Date(lead.createdAt), mine.timeZone) === mine.day
    const passes = !mine.hasAgent || String(lead.hasAgent) === mine.hasAgent
    if (!isOfDay || !passes || mine.ids.has(lead.id)) continue
    mine.total += 1
    add(mine, [lead], 'new')
    find('news').prepend(`${lead.fullName ?? 'Somebody'} has just signed in. `)
  }
}

/** Below, or on top if new. A later page may repeat leads that new ones have pushed down: each is shown once. */
function add(mine, leads, className = '') {
  const rows = leads.filter(({ id }) => !mine.ids.has(id)).map((lead) => rowOf(lead, mine.timeZone, className))
  for (const { id } of leads) mine.ids.add(id)
  find('leads')[className ? 'prepend' : 'append'](...rows)
  find('news').textContent = mine.total ? `Showing ${mine.ids.size} of ${mine.total}, newest first.` : 'No leads yet.'
}

/** What visitors typed goes in as text, never as HTML. */
const element = (tag, textContent, more) => Object.assign(document.createElement(tag), { textContent, ...more })

function rowOf({ createdAt, fullName, email, phone, hasAgent, sid, listingId }, timeZone, className) {
  const clock = new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'short' })
  const [agent, mood] = { true: ['Has agent', 'good'], false: ['No agent', 'bad'] }[hasAgent] ?? ['Agent unknown']
  const row = element('li', '', { className, tabIndex: -1 })
  row.append(
    element('time', createdAt ? clock.format(new Date(createdAt)) : 'Unknown', { dateTime: createdAt ?? '' }),
    element('span', agent, { className: `badge ${mood ?? ''}` }),
    element('h2', fullName ?? '(no name given)'),
    element('a', email, email && { href: `mailto:${encodeURIComponent(email)}` }),
    element('a', phone, phone && { href: `tel:${encodeURIComponent(phone)}` }),
    element('span', [sid, listingId].filter(Boolean).join(' · ')),
  )
  return row
}

/** A link can send no header: the file is fetched whole, then saved. */
async function download({ query, ...mine }) {
  const reply = await send(urlOf('/leads/export', { ...query, format: 'csv' }), mine)
  const file = await reply.blob().catch(() => Promise.reject(new Error('The download was cut off.')))
  const [, name] = reply.headers.get('content-disposition')?.match(/filename="([^"]*)"/) ?? []
  const href = URL.createObjectURL(file)
  element('a', '', { href, download: name ?? 'leads.csv' }).click()
  URL.revokeObjectURL(href)
}

function report(mine, state, error) {
  if (mine.signal.aborted) return
  Object.assign(find('state'), { className: `badge ${state === 'Live' ? 'good' : 'bad'}`, textContent: state })
  find('problem').textContent = error?.message ?? ''
}

const here = Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = [here, 'UTC', 'America/New_York', 'America/Chicago', 'America/Los_Angeles', 'Europe/London', 'Asia/Tokyo']
for (const zone of new Set(zones)) form.elements.timeZone.add(new Option(zone))
form.elements.day.value = dayOf(new Date(), here)
form.onchange = open
form.onsubmit = open // With method="dialog" the browser itself sends nothing.
const complain = (mine) => (error) => report(mine, find('state').textContent, error)
find('more').onclick = async () => {
  const mine = view
  const last = find('leads').lastElementChild
  await addPage(mine, mine.next).catch(complain(mine))
  last.nextElementSibling?.focus()
}
find('export').onclick = () => download(view).catch(complain(view))
// A key is kept until the tab is closed, and for one API alone: ?api= may name anybody's.
const { key } = form.elements
key.value = sessionStorage.getItem(api) ?? (given === meta('api') ? meta('key') : '')
key.onchange = () => sessionStorage.setItem(api, key.value)
open()
