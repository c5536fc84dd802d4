import type { MappedField } from '#src/mapping/define.ts'
import { createDriftLog } from '#src/mapping/drift.ts'
import { Problem } from '#src/problems.ts'
import { createLionDesk, type LionDesk } from './liondesk/index.ts'
import { liondeskMappings } from './liondesk/mapping.ts'
import { createSpacio, type Spacio } from './spacio/index.ts'
import { spacioMappings } from './spacio/mappings/index.ts'
import type { Transport } from './transport/index.ts'

export type { Admit, LeadReport, ReadContext, ReportSource, Spacio } from './spacio/index.ts'

export interface TenantAccounts {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string }
  readonly liondesk: { readonly baseUrl: string; readonly accessToken: string | null }
}

/** The upstreams of each tenant: clients, and with them tokens and memory, are never shared between tenants. */
export interface Upstreams {
  spacio(tenant: string): Spacio
  /** Throws `reauthorization-required` where no connection stands behind the tenant. */
  liondesk(tenant: string): LionDesk
  status(): UpstreamStatus[]
}

export type UpstreamStatus = ReturnType<Transport['figures']>[number] & {
  drift: ReturnType<ReturnType<typeof createDriftLog>['counts']>
}

export const createUpstreams = (
  tenants: readonly TenantAccounts[],
  transport: Transport,
  now: () => Date,
): Upstreams => {
  const drift = { spacio: createDriftLog(), liondesk: createDriftLog() }
  const { send } = transport
  const clients = new Map(
    tenants.map(({ id, spacio, liondesk: { baseUrl, accessToken } }) => [
      id,
      {
        spacio: createSpacio({ account: spacio, send, drift: drift.spacio.note, now }),
        liondesk:
          accessToken === null
            ? null
            : createLionDesk({ connection: { baseUrl, accessToken }, send, drift: drift.liondesk.note, now }),
      },
    ]),
  )

  const of = (tenant: string) => {
    const known = clients.get(tenant)
    if (!known) throw new TypeError('a caller of an unknown tenant')
    return known
  }

  return {
    spacio: (tenant) => of(tenant).spacio,
    liondesk: (tenant) => {
      const { liondesk } = of(tenant)
      if (liondesk) return liondesk
      throw new Problem('reauthorization-required', { detail: 'No LionDesk connection is configured.' })
    },
    status: () => transport.figures().map((figures) => ({ ...figures, drift: drift[figures.system].counts() })),
  }
}

export interface MappingTable {
  name: string
  schema: string
  fields: readonly MappedField[]
}

/** Every mapping table, as data. */
export const mappingTables: readonly MappingTable[] = [...spacioMappings, ...liondeskMappings].map(
  ({ name, schema, fields }) => ({ name, schema, fields }),
)
