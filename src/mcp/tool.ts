import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Scope } from '#src/access-control.ts'

export type QueryParams = Readonly<Record<string, unknown>>

/**
 * Sends a GET request to a REST route with the caller's credentials. Throws `ProblemError` unless the response is 200.
 */
export type InternalGet = <Body>(path: readonly (string | number)[], query?: QueryParams) => Promise<Body>

/** The same result as structured content and as text. */
export interface ToolResult {
  structured: Record<string, unknown>
  text: string
}

/** A tool that AI assistants can call. It only reads. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** The scope that the caller needs. Other callers do not see the tool. Null: every caller may use it. */
  readonly scope: Scope | null
  readonly input: TSchema
  readonly output: TSchema
  /** Runs the tool. The arguments are already validated against `input`. */
  run(args: unknown, get: InternalGet): Promise<ToolResult>
}

interface ToolParts<P extends Record<string, TSchema>> extends Omit<Tool, 'input' | 'run'> {
  readonly input: P
  run(args: Static<TObject<P>>, get: InternalGet): Promise<ToolResult>
}

/** Defines a tool that rejects unknown arguments, because a mistyped filter must never widen a list of people. */
export const defineTool = <P extends Record<string, TSchema>>({ input, run, ...tool }: ToolParts<P>): Tool => ({
  ...tool,
  input: Type.Object(input, { additionalProperties: false }),
  run: (args, get) => run(args as Static<TObject<P>>, get),
})
