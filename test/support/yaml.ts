/**
 * Parses the part of YAML that compose.yaml uses: mappings and lists by indentation, lists in JSON, plain and
 * double-quoted texts. Throws on anything else.
 */
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml }

interface YamlLine {
  indent: number
  text: string
}

const splitLines = (text: string): YamlLine[] =>
  text.split('\n').flatMap((line, index) => {
    if (/^\s*(#.*)?$/.test(line)) return []
    if (/^\s*\t|\s$/.test(line)) throw new SyntaxError(`line ${index + 1}: a tab, or blanks at its end`)
    const content = line.trimStart()
    return [{ indent: line.length - content.length, text: content }]
  })

const parseScalar = (text: string): Yaml => {
  if (/^["[]/.test(text)) return JSON.parse(text)
  if (/^['&*!|>{%@`]|: | #/.test(text)) throw new SyntaxError(`not in this part of YAML: ${text}`)
  return text
}

const keyPattern = /^([A-Za-z_][\w.-]*):(?: +(.*))?$/

const readList = (lines: YamlLine[], indent: number): Yaml[] => {
  const items: Yaml[] = []
  while (lines[0]?.indent === indent && lines[0].text.startsWith('- ')) {
    const rest = lines[0].text.slice(2)
    if (keyPattern.test(rest)) {
      lines[0] = { indent: indent + 2, text: rest }
      items.push(readMapping(lines, indent + 2))
    } else {
      items.push(parseScalar(rest))
      lines.shift()
    }
  }
  return items
}

const readMapping = (lines: YamlLine[], indent: number): Yaml => {
  const mapping: Record<string, Yaml> = {}
  while (lines[0]?.indent === indent) {
    const [, key, value] = keyPattern.exec(lines[0].text) ?? []
    if (key === undefined) throw new SyntaxError(`no key: ${lines[0].text}`)
    if (Object.hasOwn(mapping, key)) throw new SyntaxError(`twice: ${key}`)
    lines.shift()
    mapping[key] = value === undefined ? readBelow(lines, indent) : parseScalar(value)
  }
  return mapping
}

const readBelow = (lines: YamlLine[], indent: number): Yaml => {
  const next = lines[0]
  if (!next || next.indent <= indent) return null
  return next.text.startsWith('- ') ? readList(lines, next.indent) : readMapping(lines, next.indent)
}

export const readYaml = (text: string): any => {
  const lines = splitLines(text)
  const value = readBelow(lines, -1)
  if (lines[0]) throw new SyntaxError(`out of line: ${lines[0].text}`)
  return value
}
