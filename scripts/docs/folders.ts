/** The folders and files of the project, what each contains, and what each may import. */

export interface Folder {
  readonly contains: string
  /** `*` is everything. A folder in this list allows its own files, but not the folders inside it that have a row. */
  readonly mayImport: readonly string[]
}

const upstreamImports = [
  'src/upstreams/transport/',
  'src/mapping/',
  'src/json/',
  'src/lib/',
  'src/query/',
  'schemas/',
  'src/problems.ts',
]

const upstream = (name: string): Folder => ({
  contains: `operations, errors, tokens and mapping tables of ${name}; the two upstreams do not import each other`,
  mayImport: upstreamImports,
})

/** A file belongs to the row with the longest matching prefix. */
export const folders: Readonly<Record<string, Folder>> = {
  'routes/': {
    contains: 'the REST routes; the folder tree is the URL tree; handlers have a few lines',
    mayImport: ['schemas/', 'src/problems.ts', 'src/lib/'],
  },
  'schemas/': {
    contains: 'the public contract with canonical names; no logic and no upstream names',
    mayImport: [],
  },
  'openapi/': { contains: 'the generated OpenAPI documents; `src/plugins` serves `foyer.json`', mayImport: [] },
  'src/server.ts': {
    contains: 'the process: reads the configuration, starts the app, ends it',
    mayImport: [
      'src/app.ts',
      'src/config.ts',
      'src/config/',
      'src/graceful-shutdown.ts',
      'src/lib/',
      'src/log-destination.ts',
    ],
  },
  'src/graceful-shutdown.ts': { contains: 'what SIGTERM and SIGINT do', mayImport: [] },
  'src/log-destination.ts': { contains: 'where log lines go', mayImport: [] },
  'src/app.ts': { contains: 'creates the server, its services and its phases', mayImport: ['*'] },
  'src/services.ts': { contains: 'creates store, telemetry, transport, upstreams and gateway', mayImport: ['*'] },
  'src/config.ts': {
    contains: 'the only reader of the environment',
    mayImport: ['src/config/', 'src/access-control.ts', 'src/lib/'],
  },
  'src/config/': {
    contains: 'the parts of the configuration: variables, files, tenants, network',
    mayImport: ['src/access-control.ts', 'src/lib/'],
  },
  'src/register-routes.ts': {
    contains: 'loads `routes/`; the package uses a generated list instead',
    mayImport: [],
  },
  'src/plugins/': {
    contains: 'what happens to every request, in phases; `index.ts` lists the phases in their order',
    mayImport: [
      'src/config.ts',
      'src/services.ts',
      'src/register-routes.ts',
      'src/mcp/',
      'src/log-destination.ts',
      'src/access-control.ts',
      'src/gateway/',
      'src/lib/',
      'src/upstreams/',
      'src/json/',
      'src/query/',
      'schemas/',
      'openapi/',
      'src/problems.ts',
      'src/upstream-observer.ts',
    ],
  },
  'src/mcp/': {
    contains:
      'tools for AI assistants, which call the REST routes through `app.inject`; the only folder that imports the MCP SDK; loaded with `FOYER_MCP=on`',
    mayImport: ['src/access-control.ts', 'src/lib/', 'schemas/', 'src/problems.ts'],
  },
  'src/gateway/': {
    contains: 'use cases, one module per resource',
    mayImport: [
      'src/access-control.ts',
      'src/lib/',
      'src/upstreams/',
      'src/store/',
      'src/mapping/',
      'src/json/',
      'src/query/',
      'schemas/',
      'src/problems.ts',
      'src/upstream-observer.ts',
    ],
  },
  'src/upstreams/': {
    contains: 'creates both upstreams and lists their mapping tables',
    mayImport: [
      'src/upstreams/spacio/',
      'src/upstreams/liondesk/',
      'src/upstreams/transport/',
      'src/mapping/',
      'src/problems.ts',
    ],
  },
  'src/upstreams/spacio/': upstream('Spacio'),
  'src/upstreams/liondesk/': upstream('LionDesk'),
  'src/upstreams/transport/': {
    contains:
      'sends every upstream call: timeouts, retry, circuit breaker, hourly budget; the only folder that imports undici',
    mayImport: ['src/lib/', 'src/problems.ts', 'src/upstream-observer.ts'],
  },
  'src/upstream-observer.ts': {
    contains: 'the events of upstream calls and cache lookups, for metrics and traces',
    mayImport: ['src/problems.ts'],
  },
  'src/store/': {
    contains: 'state that survives restarts: one interface, three implementations, one contract suite',
    mayImport: ['src/lib/'],
  },
  'src/query/': {
    contains: 'lists: filters, order, pages, windows of days',
    mayImport: ['src/lib/', 'src/problems.ts'],
  },
  'src/mapping/': { contains: 'the mapping engine and its codecs', mayImport: ['src/json/', 'src/lib/'] },
  'src/json/': {
    contains: 'JSON text: the scanner, exact numbers, and fragments that are already serialized',
    mayImport: ['src/lib/'],
  },
  'src/access-control.ts': { contains: 'scopes and grants of a client', mayImport: ['src/problems.ts'] },
  'src/problems.ts': {
    contains: 'the list of all errors; creates every problem document',
    mayImport: ['src/problems/'],
  },
  'src/problems/': { contains: 'the texts of the problems', mayImport: [] },
  'src/lib/': { contains: 'small primitives that any folder may use', mayImport: [] },
  'sandbox/': {
    contains: 'the simulation of both upstreams; shares no code with the gateway',
    mayImport: [],
  },
  'cli/': {
    contains:
      'the commands, each in a file or folder with its help and exit codes; they start the gateway and the sandbox as processes',
    mayImport: [
      'tools/',
      'tools/verify/',
      'tools/verify-upstream/',
      'src/config/',
      'src/access-control.ts',
      'src/lib/',
    ],
  },
  'tools/': {
    contains: '`foyer openapi`, which compares two OpenAPI documents, and shared helpers',
    mayImport: ['cli/'],
  },
  'tools/verify/': {
    contains: '`foyer verify`, which checks any deployment against the contract in `openapi/`',
    mayImport: ['cli/', 'tools/', 'src/config/'],
  },
  'tools/verify-upstream/': {
    contains: "`foyer verify:upstream`, which sends the gateway's calls to live upstreams",
    mayImport: [
      'cli/',
      'tools/',
      'src/config/',
      'src/upstreams/',
      'src/upstreams/spacio/',
      'src/upstreams/liondesk/',
      'src/upstreams/transport/',
      'src/mapping/',
      'src/lib/',
      'schemas/',
      'src/problems.ts',
    ],
  },
}

const inCode = (path: string): string => (path === '*' ? 'all' : `\`${path.replace(/\/$/, '')}\``)

/** Returns the table of CONTRIBUTING.md. */
export const foldersTable = (): string =>
  [
    '| folder or file | contains | may import |',
    '|---|---|---|',
    ...Object.entries(folders).map(
      ([path, { contains, mayImport }]) =>
        `| \`${path}\` | ${contains} | ${mayImport.map(inCode).join(', ') || 'nothing'} |`,
    ),
  ].join('\n')
