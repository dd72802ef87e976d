import { z } from 'zod';
import type { Activity } from '../../ports/agent.ts';

const DemoActivitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tool_call'), tool: z.string(), summary: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('tool_result'), ok: z.boolean(), text: z.string() }),
]);

/** The use of a tool, or what came of it, that a line of the program tells; null for words. */
export function readActivity(line: string): Activity | null {
  if (!line.startsWith('{')) return null;
  try {
    return DemoActivitySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
