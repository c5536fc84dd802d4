/**
 * Requests that two parsers could split at different positions. Each one contains a second request that must not be
 * answered.
 */
const hidden = 'GET /properties/10101 HTTP/1.1\r\nHost: localhost\r\n\r\n'

const path = '/events/7/properties'

/** A POST whose head ends with these lines, and its body. */
const post = (lines: string[], rest: string, version = 'HTTP/1.1'): string =>
  [`POST ${path} ${version}`, 'Host: localhost', 'Content-Type: application/json', ...lines, '', rest].join('\r\n')

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

const end = '0\r\n\r\n'

const both = (lines: string[]): string => post(lines, `${end}${hidden}`)

const coding = (value: string): string => post([`Transfer-Encoding: ${value}`], `${end}${hidden}`)

const length = (line: string): string => post([line], `{}${hidden}`)

const chunks = (text: string): string => post(['Transfer-Encoding: chunked'], `${text}${hidden}`)

const get = (target: string, headers = 'Host: localhost\r\n', version = ' HTTP/1.1'): string =>
  `GET ${target}${version}\r\n${headers}\r\n${hidden}`

export const probes: Record<string, string> = {
  'CL.TE': both([`Content-Length: ${end.length + hidden.length}`, 'Transfer-Encoding: chunked']),
  'TE.CL': both(['Transfer-Encoding: chunked', 'Content-Length: 5']),
  'CL.TE, a length of nothing': both(['Content-Length: 0', 'Transfer-Encoding: chunked']),
  'TE.TE': both(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity']),
  'TE.TE the other way': both(['Transfer-Encoding: identity', 'Transfer-Encoding: chunked']),
  'chunked twice': both(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  'TE in HTTP/1.0': post(['Transfer-Encoding: chunked'], `${end}${hidden}`, 'HTTP/1.0'),
  'TE: identity': coding('identity'),
  'TE: xchunked': coding('xchunked'),
  'TE: chunkedx': coding('chunkedx'),
  'TE: "chunked"': coding('"chunked"'),
  'TE: chunked;q=1': coding('chunked;q=1'),
  'TE: chunked, identity': coding('chunked, identity'),
  'TE: identity, chunked': coding('identity, chunked'),
  'TE: gzip, chunked': coding('gzip, chunked'),
  'TE: chunked, chunked': coding('chunked, chunked'),
  'TE: ,chunked': coding(',chunked'),
  'TE: chunked,': coding('chunked,'),
  'TE: (vertical tab) chunked': coding('\u000bchunked'),
  'TE: chunked (NUL)': coding('chunked\u0000'),
  'TE: chun ked': coding('chun ked'),
  'TE: nothing': coding(''),
  'TE, a space before the colon': post(['Transfer-Encoding : chunked'], `${end}${hidden}`),
  'TE, a tab before the colon': post(['Transfer-Encoding\t: chunked'], `${end}${hidden}`),
  'TE, a space before the name': post([' Transfer-Encoding: chunked'], `${end}${hidden}`),
  'TE, no colon': post(['Transfer-Encoding chunked'], `${end}${hidden}`),
  'TE, folded': post(['Transfer-Encoding:', ' chunked'], `${end}${hidden}`),
  'TE, folded by a tab': post(['Transfer-Encoding: ,', '\tchunked'], `${end}${hidden}`),
  'TE behind a bare CR': post(['X: y\rTransfer-Encoding: chunked'], `${end}${hidden}`),
  'TE behind a bare LF': post(['X: y\nTransfer-Encoding: chunked', 'Content-Length: 2'], `{}${hidden}`),
  'TE behind a NUL': post(['X: y\u0000Transfer-Encoding: chunked'], `${end}${hidden}`),
  'two equal lengths': post(['Content-Length: 2', 'Content-Length: 2'], `{}${hidden}`),
  'two lengths': post(['Content-Length: 2', 'Content-Length: 60'], `{}${hidden}`),
  'a list of lengths': length('Content-Length: 2, 2'),
  'a length with a plus': length('Content-Length: +2'),
  'a length with a minus': length('Content-Length: -2'),
  'a hexadecimal length': length('Content-Length: 0x2'),
  'a length with an exponent': length('Content-Length: 2e0'),
  'a length with a fraction': length('Content-Length: 2.0'),
  'a length with an underscore': length('Content-Length: 0_2'),
  'a length in quotes': length('Content-Length: "2"'),
  'a length with a space in it': length('Content-Length: 2 2'),
  'a length of nothing': length('Content-Length:'),
  'a length of twenty digits': length('Content-Length: 99999999999999999999'),
  'a length, a space before the colon': length('Content-Length : 2'),
  'a length, folded': length('Content-Length:\r\n 2'),
  'a length with a vertical tab': length('Content-Length: \u000b2'),
  'a chunk size with a minus': chunks(`-1\r\n${end}`),
  'a chunk size with a plus': chunks(`+2\r\n{}\r\n${end}`),
  'a chunk size with 0x': chunks(`0x2\r\n{}\r\n${end}`),
  'a chunk size that overflows': chunks(`ffffffffffffffff2\r\n{}\r\n${end}`),
  'a chunk size with a space': chunks(`2 \r\n{}\r\n${end}`),
  'a chunk that is longer than it says': chunks(`2\r\n{}}}\r\n${end}`),
  'a chunk ended by a bare LF': chunks(`2\n{}\n${end}`),
  'a chunk size ended by a bare CR': chunks(`2\r{}\r\n${end}`),
  'a chunk extension with a bare LF': chunks(`2;a=b\nx\r\n{}\r\n${end}`),
  'a chunk extension with a bare CR': chunks(`2;a=b\rx\r\n{}\r\n${end}`),
  'the last chunk ended by a bare LF': chunks(`${chunk('{}')}0\n\n`),
  'a length in a trailer': chunks(`${chunk('{}')}0\r\nContent-Length: 5\r\n\r\n`),
  'lines ended by bare LFs': `GET /problems HTTP/1.1\nHost: localhost\n\n${hidden}`,
  'lines ended by bare CRs': `GET /problems HTTP/1.1\rHost: localhost\r\r${hidden}`,
  'a head ended by CR CR LF': `GET /problems HTTP/1.1\r\nHost: localhost\r\n\r\r\n${hidden}`,
  'no version': get('/problems', '', ''),
  'HTTP/0.9': get('/problems', 'Host: localhost\r\n', ' HTTP/0.9'),
  'HTTP/2.0': get('/problems', 'Host: localhost\r\n', ' HTTP/2.0'),
  'HTTP/1.2': get('/problems', 'Host: localhost\r\n', ' HTTP/1.2'),
  'HTTP/01.1': get('/problems', 'Host: localhost\r\n', ' HTTP/01.1'),
  'a tab before the version': get('/problems', 'Host: localhost\r\n', '\tHTTP/1.1'),
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`,
  'no host': get('/problems', ''),
  'no host in HTTP/1.0': get('/problems', '', ' HTTP/1.0'),
  'an empty host': get('/problems', 'Host:\r\n'),
  'two hosts': get('/problems', 'Host: localhost\r\nHost: localhost\r\n'),
  'a host with a path': get('/problems', 'Host: localhost/y\r\n'),
  'a host with a user': get('/problems', 'Host: localhost@x\r\n'),
  'a host with a space': get('/problems', 'Host: localhost y\r\n'),
  'a list of hosts': get('/problems', 'Host: localhost, y\r\n'),
  'a host with a port that is none': get('/problems', 'Host: localhost:y\r\n'),
  'a host with markup': get('/problems', 'Host: <x>\r\n'),
  'a whole URL': get('http://x/problems'),
  'a whole URL and another host': get('http://evil.example/properties/10101', 'Host: localhost\r\n'),
  'a URL without a scheme': get('x/problems'),
  'a star': get('*'),
  'a fragment': get('/problems#x'),
  'a backslash': get('/problems\\internal'),
  'an escaped slash': get('/problems%2finternal'),
  'an escaped backslash': get('/problems%5Cinternal'),
  dots: get('/problems/../properties/10101'),
  'escaped dots': get('/problems/%2e%2e/properties/10101'),
  'half escaped dots': get('/problems/.%2E/properties/10101'),
  'dots with a parameter': get('/problems/..;/properties/10101'),
  'one dot': get('/problems/./internal'),
  NUL: get('/problems/%00'),
  'an escaped line break': get('/problems%0d%0aX:%20y'),
  'an escaped DEL': get('/problems%7f'),
  'an escaped C1 control': get('/problems%c2%85'),
  'a broken escape': get('/problems%zz'),
  'raw UTF-8': get('/problems?x=\u00c3\u00a9'),
  'a control character in the query': get('/problems?x=\u0001'),
  'an expectation': get('/problems', 'Host: localhost\r\nExpect: banana\r\n'),
  'two keys': get('/problems', 'Host: localhost\r\nX-API-Key: a\r\nX-API-Key: b\r\n'),
  'two authorizations': get('/problems', 'Host: localhost\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n'),
  'two media types': post(['Content-Type: application/json', 'Content-Length: 2'], `{}${hidden}`),
  'two idempotency keys': post(['Idempotency-Key: a', 'Idempotency-Key: b', 'Content-Length: 2'], `{}${hidden}`),
  'two content encodings': get(
    '/problems',
    'Host: localhost\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n',
  ),
  'a hundred and one headers': get('/problems', `Host: localhost\r\n${'a: b\r\n'.repeat(100)}`),
  'headers beyond 16 KiB': get('/problems', `Host: localhost\r\na: ${'b'.repeat(17_000)}\r\n`),
  'a URL of more than 4 KiB': get(`/problems?${'x'.repeat(4096)}`),
  'a name with a space': get('/problems', 'Host: localhost\r\nX Y: z\r\n'),
  'a name with a bracket': get('/problems', 'Host: localhost\r\nX(Y): z\r\n'),
  'no name': get('/problems', 'Host: localhost\r\n: z\r\n'),
  'a tunnel': `CONNECT x:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n${hidden}`,
}

/** Valid requests: the text that looks like a request is only a body. */
export const bodies: Record<string, string> = {
  'a length': post([`Content-Length: ${hidden.length}`], hidden),
  chunks: post(['Transfer-Encoding: chunked'], `${chunk(hidden)}${end}`),
  Chunks: post(['transfer-encoding: CHUNKED'], `${chunk(hidden)}${end}`),
  'a chunk extension': post(
    ['Transfer-Encoding: chunked'],
    `${hidden.length.toString(16)};a="b"\r\n${hidden}\r\n${end}`,
  ),
  'chunks with a trailer': post(['Transfer-Encoding: chunked'], `${chunk(hidden)}0\r\nX-Note: 5\r\n\r\n`),
  'a chunk size with zeros': post(['Transfer-Encoding: chunked'], `000${chunk(hidden)}${end}`),
  'a length with zeros and spaces': post([`Content-Length:  00${hidden.length}  `], hidden),
  'empty lines before the request': `\r\n\r\n${post([`Content-Length: ${hidden.length}`], hidden)}`,
}
