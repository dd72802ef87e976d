import { z } from 'zod';

/** The time as it is on the wire: ISO 8601 in UTC with milliseconds. */
export const Timestamp = z.string().meta({
  format: 'date-time',
  description: 'ISO 8601 in UTC with milliseconds',
  example: '2026-11-23T09:30:00.123Z',
});

export const WorkOrderIdText = z.string().meta({ description: 'The id of the work order', example: 'wo-4f7k2m9x' });

export const RepositoryIdText = z.string().meta({ description: 'The id of the repository', example: 'repo-2c8d0q1z' });

/** The schema or null. A plain `nullable()` on a named schema cannot be said in OpenAPI: its reference allows no null. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** A number of the query: text on the wire. */
export function queryNumber({ from, to, byDefault }: { from: number; to: number; byDefault: number }) {
  return z.coerce.number().int().min(from).max(to).default(byDefault);
}
