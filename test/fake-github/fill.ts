import type { Schema } from '../fake-forge/description.ts';
import { DESCRIPTION } from './description.ts';

/**
 * The smallest value that fits a schema of the description, with the given properties instead of the made-up ones:
 * GitHub's answers have a hundred fields that nobody here reads, and its own examples do not all fit its schemas.
 */
export function filled(schemaName: string, properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const schema = DESCRIPTION.schemaNamed(schemaName);
  const [type = schema['type']] = Array.isArray(schema['type']) ? schema['type'] : [];
  return { ...(smallest({ ...schema, type }) as object), ...properties };
}

function smallest(reference: Schema): unknown {
  const schema = DESCRIPTION.resolved<Schema>(reference);
  const { type, enum: values, anyOf, oneOf, allOf, required = [], properties = {}, format, nullable } = schema;
  if (Array.isArray(values)) return values[0];
  if (nullable === true || (Array.isArray(type) && type.includes('null'))) return null;
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return smallest(choices[0] as Schema);
  if (Array.isArray(allOf)) return Object.assign({}, ...allOf.map((part) => smallest(part as Schema)));
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return textOf(format);
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'array':
      return [];
    default:
      return Object.fromEntries(
        (required as readonly string[]).map((name) => [
          name,
          smallest((properties as Readonly<Record<string, Schema>>)[name] ?? { type: 'string' }),
        ]),
      );
  }
}

function textOf(format: unknown): string {
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'uri') return 'http://127.0.0.1/made-up';
  return format === 'email' ? 'ada@example.org' : 'made-up';
}
