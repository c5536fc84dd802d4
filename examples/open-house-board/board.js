// The leads of one day, live. Uses GET /me, GET /leads, GET /leads/{id}, the feed and its tickets, and GET /leads/export.
const find = (id) => document.getElementById(id)
const [form] = document.forms
const meta = (name) => document.querySelector(`meta[name=${name}]`).content
const given = [new URLSearchParams(location.search).get('api'), meta('api')].find((url) => /^https?:/.test(url))
const api = given.replace(/\/+$/, '')
let view // What the form asks for, and how far its list and its feed were read.
let me = { key: null } // The caller, from GET /me.
let timer

const urlOf = (path, parameters) => `${api}${path}?${new URLSearchParams(parameters)}`
/** The calendar day of a moment in a time zone, as YYYY-MM-DD, which is the Canadian format. */
const dayOf = (moment, timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)

/** Messages for users, by the code of a problem document (RFC 9457). */
const messages = {
  unauthenticated: 'This API key is not valid.',
  forbidden: 'This API key has no access to the leads of this brokerage.',
  'unknown-brokerage': 'This brokerage does not exist.',
  'unknown-lead': 'This lead does not exist, or it is too old to be found.',
  'rate-limited': 'Too many requests. The page tries again in a moment.',
}
const unavailable = 'The leads cannot be loaded at the moment. The page tries again.'
const rejected = 'The leads cannot be shown with these settings.'
const messageOf = ({ code, status }) =>
  code === 'unauthenticated' && !view.key
    ? 'Enter an API key.'
    : (messages[code] ?? (status < 500 ? rejected : unavailable))
const errorOf = (problem) => Object.assign(new Error(messageOf(problem)), { status: problem.status })

async function send(url, options) {
  const reply = await fetch(url, options).catch(() => Promise.reject(new Error(`The API at ${api} cannot be reached.`)))
  if (!reply.ok) throw errorOf(await reply.json())
  return reply
}

/** Calls the API. `next` is the URL of the next page, from the `Link` header. */
async function ask(url, options) {
  const reply = await send(url, options)
  const body = await reply.json()
  const [, next] = reply.headers.get('link')?.match(/<([^>]*)>; rel="next"/) ?? []
  return { ...body, next: next && new URL(next, reply.url) }
}

/** Reads the form into the view. */
function readForm(mine) {
  const { day, key, ...fields } = Object.fromEntries(new FormData(form))
  // Keys are ASCII; other characters must not break the header.
  const headers = key.trim() ? { 'X-API-Key': encodeURI(key.trim()) } : {}
  // A key without this scope gets the leads without their listings.
  const include = me.scopes?.includes('properties:read') ? { include: 'property' } : {}
  const query = { ...fields, from: day, to: day }
  return Object.assign(mine, fields, {
    key,
    headers,
    include,
    day,
    query,
    feed: { brokerageId: fields.brokerageId, ...include },
  })
}

/** Starts a new view, and aborts the requests of the previous one. */
function begin(state) {
  clearTimeout(timer)
  view?.ending.abort()
  const ending = new AbortController()
  view = readForm({ ending, signal: ending.signal, leads: new Map() })
  for (const id of ['leads', 'news']) find(id).replaceChildren()
  find('more').hidden = true
  report(view, state)
}

/** Shows the leads that match the form. */
function open() {
  begin('Connecting…')
  follow(view)
}

/** Opens the view after a pause, because the day changes with each typed digit. */
function openSoon() {
  begin('Updating…')
  if (form.checkValidity()) timer = setTimeout(open, 500)
  else report(view, 'Stopped', new Error('Choose a brokerage, and a day from 2000 on.'))
}

/** Reads the access of a new key. If the key has no access to the brokerage, the first accessible one replaces it. */
async function learn(mine) {
  if (me.key === mine.key) return
  const { scopes, grants } = await ask(`${api}/me`, mine)
  me = { key: mine.key, scopes }
  const brokerages = grants.brokerages === '*' ? [] : grants.brokerages
  find('brokerages').replaceChildren(...brokerages.map((id) => new Option(id)))
  if (brokerages.length > 0 && !brokerages.includes(mine.brokerageId)) form.elements.brokerageId.value = brokerages[0]
  readForm(mine)
}

/** Reads it once for a view, and again after a failure. */
function identify(mine) {
  mine.identity ??= learn(mine).catch((error) => {
    mine.identity = undefined
    throw error
  })
  return mine.identity
}

/** Reads the list, then listens for new leads. When the stream breaks, it continues there with a new ticket. */
async function follow(mine) {
  const { signal } = mine // As options of fetch, `mine` brings its headers and its signal.
  let stream
  const again = (error) => {
    stream?.close()
    if (signal.aborted) return
    // The cursor has expired: start again.
    if (mine.feed.after && [400, 410].includes(error.status)) return open()
    const isFinal = error.status < 500 && error.status !== 429
    report(mine, isFinal ? 'Stopped' : 'Reconnecting…', error)
    if (!isFinal) setTimeout(follow, 1000 + 2000 * Math.random(), mine)
  }
  try {
    await identify(mine)
    // Reads the position of the feed first, so that no lead is missed. Later, this request also shows why a stream ended.
    const { data, cursor } = await ask(urlOf('/leads/feed', mine.feed), mine)
    if (!mine.feed.after) await addPage(mine, urlOf('/leads', { ...mine.query, ...mine.include, limit: 25 }))
    arrive(mine, data, cursor)
    const body = new Blob([JSON.stringify({ brokerageId: mine.brokerageId })], { type: 'application/json' })
    const { ticket } = await ask(`${api}/leads/feed/tickets`, { ...mine, method: 'POST', body })
    stream = new EventSource(urlOf('/leads/feed', { ...mine.feed, ticket }))
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

/** The feed has every new lead of the brokerage. The list shows those of its day that match its filter. */
function arrive(mine, leads, cursor) {
  mine.feed.after = cursor
  for (const lead of leads) {
    const isOfDay = !lead.createdAt || dayOf(new Date(lead.createdAt), mine.timeZone) === mine.day
    const passes = !mine.hasAgent || String(lead.hasAgent) === mine.hasAgent
    if (!isOfDay || !passes || mine.leads.has(lead.id)) continue
    mine.total += 1
    add(mine, [lead], 'new')
    find('news').prepend(`${lead.fullName ?? 'A visitor'} has just signed in. `)
  }
}

/** Adds rows below, or on top if they are new. A later page may repeat leads that new ones have moved; each is shown once. */
function add(mine, leads, className = '') {
  const rows = leads.filter(({ id }) => !mine.leads.has(id)).map((lead) => rowOf(lead, mine.timeZone, className))
  for (const lead of leads) mine.leads.set(lead.id, lead)
  find('leads')[className ? 'prepend' : 'append'](...rows)
  find('news').textContent = mine.total ? `Showing ${mine.leads.size} of ${mine.total}, newest first.` : 'No leads yet.'
}

/** Inserts texts of visitors as text, never as HTML. */
const element = (tag, textContent, more) => Object.assign(document.createElement(tag), { textContent, ...more })

const agentWords = { true: ['Has agent', 'good'], false: ['No agent', 'bad'] }
const emailLink = ({ email }) => element('a', email, email && { href: `mailto:${encodeURIComponent(email)}` })
const phoneLink = ({ phone }) => element('a', phone, phone && { href: `tel:${encodeURIComponent(phone)}` })
const listingOf = ({ property, sid, listingId }) => property?.title ?? [sid, listingId].filter(Boolean).join(' · ')

function rowOf(lead, timeZone, className) {
  const { id, createdAt, fullName, hasAgent } = lead
  const clock = new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'short' })
  const [agent, mood] = agentWords[hasAgent] ?? ['Agent unknown']
  const row = element('li', '', { className, tabIndex: -1 })
  const name = element('h2', '')
  const href = `#${new URLSearchParams({ lead: id, ...(createdAt && { createdAt }) })}`
  name.append(element('a', fullName ?? '(no name given)', { href }))
  row.append(
    element('time', createdAt ? clock.format(new Date(createdAt)) : 'Unknown', { dateTime: createdAt ?? '' }),
    element('span', agent, { className: `badge ${mood ?? ''}` }),
    name,
    emailLink(lead),
    phoneLink(lead),
    element('span', listingOf(lead)),
  )
  return row
}

/** Opens the lead of the page's URL, from the list or from the API. */
async function showLead() {
  const { lead: id, ...hint } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
  if (!id) return find('lead').close()
  const mine = view
  find('name').textContent = 'Lead'
  for (const part of ['missing', 'facts']) find(part).replaceChildren()
  if (!find('lead').open) find('lead').showModal()
  try {
    await identify(mine)
    const query = { brokerageId: mine.brokerageId, ...mine.include, ...hint }
    describe(mine.leads.get(id) ?? (await ask(urlOf(`/leads/${encodeURIComponent(id)}`, query), mine)), mine.timeZone)
  } catch (error) {
    if (!mine.signal.aborted) find('missing').textContent = error.message
  }
}

function describe(lead, timeZone) {
  const { fullName, createdAt, hasAgent, note, answers, property } = lead
  const moment = new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'long', timeStyle: 'short' })
  find('name').textContent = fullName ?? '(no name given)'
  const facts = [
    ['Signed in', createdAt && moment.format(new Date(createdAt))],
    ['E-mail', lead.email && emailLink(lead)],
    ['Phone', lead.phone && phoneLink(lead)],
    ['Agent', (agentWords[hasAgent] ?? ['Unknown'])[0]],
    ['Listing', listingOf(lead)],
    ['Address', property?.unparsedAddress],
    ['Price', property?.listPrice?.toLocaleString('en')],
    ['Note', note],
    ...answers.map(({ question, answer }) => [question, answer]),
  ]
  for (const [term, value] of facts) {
    if (!value) continue
    const description = element('dd', '')
    description.append(value)
    find('facts').append(element('dt', term), description)
  }
}

/** A link cannot send a header, so the page fetches the complete file and then saves it. */
async function download({ query, ...mine }) {
  const reply = await send(urlOf('/leads/export', { ...query, format: 'csv' }), mine)
  const file = await reply.blob().catch(() => Promise.reject(new Error('The download is incomplete.')))
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
form.onchange = openSoon
form.onsubmit = open // With method="dialog" the browser itself sends nothing, and only if the form is valid.
const complain = (mine) => (error) => report(mine, find('state').textContent, error)
find('more').onclick = async () => {
  const mine = view
  const last = find('leads').lastElementChild
  await addPage(mine, mine.next).catch(complain(mine))
  last.nextElementSibling?.focus()
}
find('export').onclick = () => download(view).catch(complain(view))
// A key is stored until the tab is closed, and only for one API, because ?api= may name another one.
const { key } = form.elements
key.value = sessionStorage.getItem(api) ?? (given === meta('api') ? meta('key') : '')
key.onchange = () => sessionStorage.setItem(api, key.value)
open()
addEventListener('hashchange', showLead)
find('lead').onclose = () => location.hash && history.replaceState(null, '', location.pathname + location.search)
showLead()
