import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { allGrants, type Caller, noGrants } from '#src/access-control.ts'
import { createClientDirectory } from '#src/plugins/admission/authentication/api-keys.ts'
import { isJwtClientId, toJwtClientId } from '#src/plugins/admission/authentication/jwt-client-id.ts'

const newKey = () => `fk_${randomBytes(32).toString('base64url')}`

const getHash = (key: string) => createHash('sha256').update(key).digest('hex')

const [web, app, other] = [newKey(), newKey(), newKey()]

const north = {
  id: 'north',
  clients: [
    { id: 'web', keyHashes: [getHash(web), getHash(app)], scopes: ['leads:read'] as const, grants: allGrants },
    { id: 'idle', keyHashes: [], scopes: [], grants: noGrants },
  ],
}

const south = {
  id: 'south',
  clients: [{ id: 'web', keyHashes: [getHash(other)], scopes: ['ops:read'] as const, grants: noGrants }],
}

const getKeyId = (key: string) => getHash(key).slice(0, 16)

test('a key identifies its client, with tenant, scopes and grants', () => {
  const directory = createClientDirectory([north, south])
  const ofNorth = { tenant: 'north', client: 'web', scopes: new Set(['leads:read']), grants: allGrants }
  expect(directory.findByKey(web)).toEqual({ ...ofNorth, keyId: getKeyId(web) })
  expect(directory.findByKey(app)).toEqual({ ...ofNorth, keyId: getKeyId(app) })
  const ofSouth = { tenant: 'south', client: 'web', scopes: new Set(['ops:read']), grants: noGrants }
  expect(directory.findByKey(other)).toEqual({ ...ofSouth, keyId: getKeyId(other) })
})

test.for([
  ['an unknown key', newKey()],
  ['a key after a space', ` ${web}`],
  ['a key and a line', `${web}\n`],
  ['a hash', getHash(web)],
  ['no prefix', web.slice(3)],
  ['nothing', ''],
])('%s identifies no client', ([, key]) => {
  expect(createClientDirectory([north, south]).findByKey(key as string)).toBeNull()
})

test('text without the format of a key identifies no client, even if its hash is configured', () => {
  const malformed = ['fk_short', `x${web}`, `${web}x`, web.replace('fk_', 'FK_'), `fk_${'!'.repeat(43)}`]
  const clients = malformed.map((key, index) => ({ ...north.clients[0], id: `c${index}`, keyHashes: [getHash(key)] }))
  const directory = createClientDirectory([{ id: 'north', clients: clients as typeof north.clients }])
  for (const key of malformed) expect([key, directory.findByKey(key)]).toEqual([key, null])
})

test('a new configuration replaces the previous one completely', () => {
  const directory = createClientDirectory([north])
  directory.configure([south])
  expect([directory.findByKey(web), directory.findByKey(other)?.tenant]).toEqual([null, 'south'])
})

test('finds the current configuration of a caller by tenant, client and key', () => {
  const directory = createClientDirectory([north, south])
  const caller = directory.findByKey(web) as Caller
  directory.configure([{ ...north, clients: [{ ...north.clients[0], grants: noGrants }] as never }, south])
  expect(directory.findCurrent(caller)).toEqual({ ...caller, grants: noGrants })
  for (const part of [{ tenant: 'south' }, { tenant: 'east' }, { client: 'idle' }, { keyId: getKeyId(other) }]) {
    expect([part, directory.findCurrent({ ...caller, ...part })]).toEqual([part, null])
  }
  directory.configure([{ ...north, clients: [{ ...north.clients[0], keyHashes: [getHash(app)] }] as never }, south])
  expect(directory.findCurrent(caller)).toBeNull()
})

test('a token without a tenant belongs to the only tenant, if there is exactly one', () => {
  expect(createClientDirectory([north]).resolveTenant(undefined)).toBe('north')
  expect(createClientDirectory([north, south]).resolveTenant(undefined)).toBeNull()
  expect(createClientDirectory([]).resolveTenant(undefined)).toBeNull()
})

test.for([['north', 'north'] as const, ['east', null] as const, ['', null] as const])(
  'a token with the tenant "%s" resolves to %s',
  ([claim, tenant]) => {
    expect(createClientDirectory([north]).resolveTenant(claim)).toBe(tenant)
  },
)

test.for([null, 7, ['north'], { id: 'north' }])(
  'a tenant claim that is not a string, %o, resolves to no tenant',
  (claim) => {
    expect(createClientDirectory([north]).resolveTenant(claim)).toBeNull()
  },
)

test('the id of a JWT client never equals that of an API key client', () => {
  expect([toJwtClientId('web'), isJwtClientId(toJwtClientId('web')), isJwtClientId('web')]).toEqual([
    'jwt:web',
    true,
    false,
  ])
})
