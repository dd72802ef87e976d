/*
 * How the program tells what it does: one JSON a line on standard error. It imports nothing: a confined program finds no
 * packages. `read-activity.ts` reads it.
 */

/** The use of a tool. */
export interface ToolUse {
  readonly tool: string;
  readonly summary: string;
  readonly input: Readonly<Record<string, string>>;
}

export function toolLine(use: ToolUse): string {
  return JSON.stringify({ kind: 'tool_call', ...use });
}

/** What came of it. */
export function resultLine(result: { readonly ok: boolean; readonly text: string }): string {
  return JSON.stringify({ kind: 'tool_result', ...result });
}
