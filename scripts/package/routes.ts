/** Generates the list of routes that the gateway otherwise discovers in `routes/` at startup. */
import { globSync } from 'node:fs'
import { dirname, sep } from 'node:path'

export interface RouteModule {
  /** Relative to the project's root. */
  readonly file: string
  /** `/agents/:agent/properties` */
  readonly prefix: string
}

export const listRouteModules = (root: string): RouteModule[] =>
  globSync('routes/**/index.ts', { cwd: root })
    .sort()
    .map((file) => {
      const [, ...folders] = dirname(file).split(sep)
      return { file, prefix: folders.map((name) => `/${name.replace(/^_/, ':')}`).join('') }
    })

/** The replacement for `src/register-routes.ts`. */
export const createRouteList = (root: string): string => {
  const modules = listRouteModules(root)
  const imports = modules.map(({ file }, index) => `import route${index} from ${JSON.stringify(`${root}${file}`)}\n`)
  const lines = modules.map(
    ({ prefix }, index) => `  await app.register(route${index}, ${JSON.stringify({ prefix })})\n`,
  )
  return `${imports.join('')}\nexport const registerRoutes = async (app) => {\n${lines.join('')}}\n`
}
