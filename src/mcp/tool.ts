import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Scope } from '#src/access-control.ts'

export type QueryParams = Readonly<Record<string, unknown>>

/** Asks the first door, in the caller's name. What is refused is thrown. */
export type InternalGet = <Body>(path: readonly (string | number)[], query?: QueryParams) => Promise<Body>

/** What a tool found, for programs, and the same for whoever only reads. */
export interface ToolResult {
  structured: Record<string, unknown>
  text: string
}

/** A task, and the reads that do it. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Whoever lacks it does not see the tool; the first door asks for it again. Null: of all callers. */
  readonly scope: Scope | null
  readonly input: TSchema
  readonly output: TSchema
  /** The arguments have been held against `input`. */
  run(given: unknown, ask: InternalGet): Promise<ToolResult>
}

interface ToolParts<P extends Record<string, TSchema>> extends Omit<Tool, 'input' | 'run'> {
  readonly input: P
  run(given: Static<TObject<P>>, ask: InternalGet): Promise<ToolResult>
}

/** An argument that is not known is refused: a mistyped filter must never widen a list of people. */
export const defineTool = <P extends Record<string, TSchema>>({ input, run, ...tool }: ToolParts<P>): Tool => ({
  ...tool,
  input: Type.Object(input, { additionalProperties: false }),
  run: (args, get) => run(args as Static<TObject<P>>, get),
})
