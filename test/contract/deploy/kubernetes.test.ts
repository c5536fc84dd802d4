/** The manifests match the schemas of Kubernetes, each other, and the gateway. */
import { readdirSync, readFileSync } from 'node:fs'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Secret } from 'kubernetes-models/v1/Secret'
import { Service } from 'kubernetes-models/v1/Service'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadConfig } from '#src/config.ts'
import { shutdownTimeoutMs } from '#src/graceful-shutdown.ts'
import { createEntry, makeKey, writeDocument } from '../../support/clients.ts'

const root = `${import.meta.dirname}/../../..`
const folder = `${root}/deploy/kubernetes`

const parse = (text: string): any[] =>
  parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS()
  })

const files = readdirSync(folder).sort()
const resources = files.filter((name) => name !== 'kustomization.yaml')
const manifests = resources.flatMap((name) => parse(readFileSync(`${folder}/${name}`, 'utf8')))
const named = (kind: string, name = 'foyer') =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name)

const [kustomization] = parse(readFileSync(`${folder}/kustomization.yaml`, 'utf8'))
const deployment = named('Deployment')
const pod = deployment.spec.template.spec
const [container] = pod.containers

const models: Record<string, new (data: any) => { validate(): void }> = {
  ...{ ConfigMap, Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Secret, Service },
}

const validate = (manifest: any): void => {
  const Model = models[manifest.kind]
  if (!Model) throw new Error(`no schema for ${manifest.kind}`)
  new Model(manifest).validate()
}

test.each(manifests.map((each) => [`${each.kind} ${each.metadata.name}`, each]))(
  '%s meets its schema',
  (_, manifest) => {
    expect(() => validate(manifest)).not.toThrow()
  },
)

test('a value of another type does not match', () => {
  const wrong = structuredClone(deployment)
  wrong.spec.template.spec.containers[0].ports[0].containerPort = 'http'
  expect(() => validate(wrong)).toThrow(/containerPort|integer/)
})

const moduleOf: Record<string, string> = {
  ...{ ConfigMap: 'v1', Secret: 'v1', Service: 'v1', Deployment: 'apps/v1', PodDisruptionBudget: 'policy/v1' },
  ...{ HorizontalPodAutoscaler: 'autoscaling/v2', NetworkPolicy: 'networking.k8s.io/v1' },
}

/** The compiler's errors in the manifests as object literals. Types reject unknown fields; the schemas allow them. */
const complaintsAbout = (all: readonly any[]): string[] => {
  const name = `${import.meta.dirname}/manifests.ts`
  const text = all
    .map((manifest, index) => {
      const { kind } = manifest
      return `import type { I${kind} as Kind${index} } from 'kubernetes-models/${moduleOf[kind]}/${kind}'
export const manifest${index}: Kind${index} = ${JSON.stringify(manifest)}`
    })
    .join('\n')
  const options: ts.CompilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    ...{ target: ts.ScriptTarget.ESNext, lib: ['lib.esnext.d.ts'] },
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ESNext) : getSourceFile(file, ...rest)
  host.fileExists = (file) => file === name || fileExists(file)
  host.readFile = (file) => (file === name ? text : readFile(file))
  const program = ts.createProgram([name], options, host)
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(name))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test('no field is one that Kubernetes does not know', () => {
  expect(complaintsAbout(manifests)).toEqual([])
  const wrong = structuredClone(deployment)
  wrong.spec.template.spec.containers[0].livenesProbe = {}
  expect(complaintsAbout([wrong])).toEqual([expect.stringContaining('livenesProbe')])
})

test('the pod is confined, and so is its container', () => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  })
  expect(container).toMatchObject({
    resources: { requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  })
})

test('the image is this version of the gateway', () => {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  expect(container.image).toMatch(new RegExp(`/foyer:${version}$`))
})

test('its probes are routes of the gateway, on its port', () => {
  const { paths } = JSON.parse(readFileSync(`${root}/openapi/foyer.json`, 'utf8'))
  for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    expect(paths).toHaveProperty([container[name].httpGet.path, 'get'])
    expect(container[name].httpGet.port).toBe('http')
  }
  expect(container.livenessProbe.httpGet.path).toBe('/health/live')
  expect(container.readinessProbe.httpGet.path).toBe('/health/ready')
  expect(readFileSync(`${root}/Dockerfile`, 'utf8')).toMatch(
    new RegExp(`^EXPOSE ${container.ports[0].containerPort}$`, 'm'),
  )
})

test('a pod has longer to stop than the gateway gives itself after the pause', () => {
  const { seconds } = container.lifecycle.preStop.sleep
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(seconds + shutdownTimeoutMs / 1_000)
})

test('every selector selects the pod', () => {
  const { labels } = deployment.spec.template.metadata
  const selectors = [
    deployment.spec.selector.matchLabels,
    named('Service').spec.selector,
    named('PodDisruptionBudget').spec.selector.matchLabels,
    named('NetworkPolicy').spec.podSelector.matchLabels,
    pod.topologySpreadConstraints[0].labelSelector.matchLabels,
  ]
  for (const selector of selectors) expect(labels).toMatchObject(selector)
  expect(named('HorizontalPodAutoscaler').spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: 'foyer' })
  expect(named('Service').spec.ports[0].targetPort).toBe(container.ports[0].name)
  expect(named('NetworkPolicy').spec.ingress[0].ports).toEqual([{ port: 'http', protocol: 'TCP' }])
})

test('the gateway trusts the ingress controller, and not every pod', () => {
  const { trustedProxies } = loadConfig({
    ...{ SPACIO_API_KEY: 'key', FOYER_AUTH: 'off' },
    FOYER_TRUST_PROXY: named('ConfigMap').data.FOYER_TRUST_PROXY,
  })
  expect(trustedProxies.length).toBeGreaterThan(0)
  for (const range of trustedProxies) expect(Number(range.split('/')[1])).toBeGreaterThanOrEqual(28)
})

test('the gateway reaches its store, in the namespace or elsewhere', () => {
  const { egress } = named('NetworkPolicy').spec
  const [store] = egress.filter(({ ports }: any) => ports.some(({ port }: any) => port === 6379))
  expect(store.to).toEqual([
    { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'valkey' } } },
    { ipBlock: { cidr: '0.0.0.0/0' } },
  ])
  expect(new URL(named('Secret').stringData.FOYER_STORE_URL).port).toBe('6379')
})

test('every referenced object exists, and kustomize gets everything but the examples', () => {
  expect(named('Secret', pod.volumes[0].secret.secretName)).toBeDefined()
  for (const source of container.envFrom) {
    expect(
      named(source.configMapRef ? 'ConfigMap' : 'Secret', (source.configMapRef ?? source.secretRef).name),
    ).toBeDefined()
  }
  expect(container.volumeMounts.map(({ name }: any) => name)).toEqual(pod.volumes.map(({ name }: any) => name))
  expect([...kustomization.resources].sort()).toEqual(resources.filter((name) => !name.includes('example')))
})

test('more pods than may be there at once share the budget of a lost store', () => {
  const { maxReplicas, minReplicas } = named('HorizontalPodAutoscaler').spec
  const { maxSurge } = deployment.spec.strategy.rollingUpdate
  expect(Number(named('ConfigMap').data.FOYER_MAX_REPLICAS)).toBeGreaterThanOrEqual(maxReplicas + maxSurge)
  expect(minReplicas).toBeGreaterThan(named('PodDisruptionBudget').spec.maxUnavailable)
})

test('the gateway starts with it after the placeholders <…> are filled in; nothing else is secret', () => {
  const { stringData } = named('Secret')
  for (const [name, value] of Object.entries<string>(stringData)) expect(value, name).toMatch(/<.+>/)
  const filled = Object.entries<string>(stringData).map(([name, value]) => [
    name,
    name === 'FOYER_STORE_KEY' ? `${'A'.repeat(43)}=` : value.replace(/<.+>/, 'filled-in'),
  ])
  const client = createEntry({ id: 'web', scopes: ['leads:read'] }, makeKey())
  const env = { ...named('ConfigMap').data, ...Object.fromEntries(filled), HOST: '0.0.0.0' }
  const config = loadConfig({ ...env, FOYER_CLIENTS_FILE: writeDocument({ clients: [client] }) })
  expect(config).toMatchObject({ authentication: 'required', maxReplicas: 7 })
  expect(container.env[0]).toEqual({
    name: 'FOYER_CLIENTS_FILE',
    value: `${container.volumeMounts[0].mountPath}/${Object.keys(named('Secret', 'foyer-clients').stringData)[0]}`,
  })
})
