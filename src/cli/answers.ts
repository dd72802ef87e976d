import type { z } from 'zod';
import type { Fault } from '../domain/errors.ts';
import { WorkOrderError } from '../domain/errors.ts';

/** The body of an answer; rejects with `service_unreachable` when it is not that of our service. */
export async function read<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults: Fault[] = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const where = response.url ? ` from ${response.url}` : '';
  throw new WorkOrderError('service_unreachable', `The answer${where} is not that of an Agent Work Orders service.`, {
    faults,
  });
}

/** A query string of what is not undefined. */
export function parameters(values: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) search.set(name, String(value));
  return search.toString();
}

/** The path of the page that `Link: <…>; rel="next"` names, without its origin: the way back may lead through a proxy. */
export function nextPage(
  response: Response,
  { base, resource }: { readonly base: string; readonly resource: string },
): string | null {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
  if (target === undefined) return null;
  return `${resource}${new URL(target, base).search}`;
}
