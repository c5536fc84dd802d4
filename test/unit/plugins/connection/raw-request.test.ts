/** Each check of the raw request: what it accepts and rejects. */
import { expect, test } from 'vitest'
import { validateHead } from '#src/plugins/connection/raw-request/headers.ts'
import { validateTarget } from '#src/plugins/connection/raw-request/target.ts'

test.for([
  '/',
  '/problems',
  '/agents/first.last%40example.com/properties',
  '/agents/o%27neil+x@example.com/properties',
  '/agents/a..b@example.com/properties',
  '/properties/10101?include=source',
  '/events/7/properties?city[in]=San%20Diego,Reno&unparsedAddress=1%2F2%20Main%20St%5C..%2F',
  '/events/7/properties?city=a?b',
  '/caf%C3%A9',
  '/...',
  `/problems?${'x'.repeat(4086)}`,
])('accepts %s', (target) => {
  expect(validateTarget(target)).toBeNull()
})

test.for<[string, RegExp]>([
  ['', /path/],
  ['*', /path/],
  ['problems', /path/],
  ['http://x/problems', /whole URL/],
  ['HTTPS://x/problems', /whole URL/],
  ['/problems#x', /fragment/],
  ['/problems?a=b#x', /fragment/],
  ['/pro blems', /characters/],
  ['/caf\u00e9', /characters/],
  ['/problems?\u0001', /characters/],
  ['/a\\b', /backslash/],
  ['/a%2fb', /separator/],
  ['/a%2Fb', /separator/],
  ['/a%5cb', /separator/],
  ['/a%00b', /control/],
  ['/a%1fb', /control/],
  ['/a%7Fb', /control/],
  ['/a%C2%85b', /control/],
  ['/a%', /escape/],
  ['/a%zz', /escape/],
  ['/a%ff', /escape/],
  ['/a/../b', /dot segment/],
  ['/a/..', /dot segment/],
  ['/./a', /dot segment/],
  ['/a/%2e%2E/b', /dot segment/],
  ['/a/%2e/b', /dot segment/],
  ['/a/.%2e;x/b', /dot segment/],
  [`/problems?${'x'.repeat(4087)}`, /4096/],
])('rejects %s', ([target, why]) => {
  expect(validateTarget(target)).toMatch(why)
})

const head = (headers: Record<string, string | string[]>, httpVersion = '1.1') => {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
  const first = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat()[0]])
  return { httpVersion, headers: Object.fromEntries(first), rawHeaders: lines.flat() as string[] }
}

test.for(['x', 'api.example.com', 'foyer_api', 'localhost:3000', '127.0.0.1:80', '[::1]', '[::ffff:1.2.3.4]:8080'])(
  'accepts the host %s',
  (host) => {
    expect(validateHead(head({ Host: host }))).toBeNull()
  },
)

test.for(['', 'x/y', 'x?y', 'a@x', 'x y', 'x,y', 'x:', 'x:y', 'x:123456', '<x>', '::1', '[::1', 'x\\y', 'é', 'x%41'])(
  'rejects the host %j',
  (host) => {
    expect(validateHead(head({ Host: host }))).toMatch(/host/)
  },
)

test.for<[string, Record<string, string | string[]>, RegExp, string?]>([
  ['a missing Host header is rejected', {}, /host/],
  ['HTTP/0.9', { Host: 'x' }, /HTTP\/1\.1/, '0.9'],
  ['HTTP/2.0', { Host: 'x' }, /HTTP\/1\.1/, '2.0'],
  ['a length and chunks', { Host: 'x', 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }, /not both/],
  ['chunks in HTTP/1.0', { Host: 'x', 'Transfer-Encoding': 'chunked' }, /transfer encoding/, '1.0'],
  ['another coding', { Host: 'x', 'Transfer-Encoding': 'gzip, chunked' }, /transfer encoding/],
  ['an expectation', { Host: 'x', Expect: 'x' }, /expectation/],
  ...[
    'Host',
    'Authorization',
    'X-API-Key',
    'Content-Type',
    'Content-Length',
    'Content-Encoding',
    'Transfer-Encoding',
    'Idempotency-Key',
    'Last-Event-ID',
  ].map((name): [string, Record<string, string[]>, RegExp] => [
    `${name} twice`,
    { Host: ['x'], [name]: ['1', '1'] },
    new RegExp(`${name.toLowerCase()} must not be repeated`),
  ]),
])('rejects %s', ([, headers, why, version]) => {
  expect(validateHead(head(headers, version))).toMatch(why)
})

test('accepts the maximum number of headers, but not more', () => {
  const many = (count: number) => head({ Host: 'x', A: Array.from({ length: count - 1 }, () => 'b') })
  expect(validateHead(many(100))).toBeNull()
  expect(validateHead(many(101))).toMatch(/100/)
})

test.for(['100-continue', '100-Continue'])('accepts the expectation %s', (expectation) => {
  expect(validateHead(head({ Host: 'x', Expect: expectation }))).toBeNull()
})
