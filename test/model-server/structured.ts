import { fields, list, string } from './json.ts';
import type { Json } from './json.ts';

/**
 * A value that fits a JSON schema. `known` gives the value of a property by its name; what it gives is used where the
 * schema allows it (of an enumeration the member that differs only in slashes and case), and the rest is made up.
 */
export function fittingValue(schema: Json, known: (name: string) => unknown = () => undefined, name = ''): unknown {
  const wanted = known(name);
  if (Array.isArray(schema['enum'])) {
    const choices: readonly unknown[] = schema['enum'];
    return choices.find((choice) => plain(choice) === plain(wanted)) ?? choices[0];
  }
  if ('const' in schema) return schema['const'];
  const variants = [...list(schema['anyOf']), ...list(schema['oneOf'])];
  if (variants.length > 0) {
    return fittingValue(variants.find((variant) => variant['type'] !== 'null') ?? {}, known, name);
  }
  // Gemini writes the types in capitals.
  const types = new Set([schema['type']].flat().map((type) => string(type).toLowerCase()));
  if (types.has('object') || 'properties' in schema) {
    const properties = Object.entries(fields(schema['properties']));
    return Object.fromEntries(properties.map(([key, value]) => [key, fittingValue(fields(value), known, key)]));
  }
  if (types.has('array')) return Array.isArray(wanted) ? wanted : [];
  if (types.has('boolean')) return typeof wanted === 'boolean' ? wanted : true;
  if (types.has('integer') || types.has('number')) return typeof wanted === 'number' ? wanted : 1;
  if (types.has('null') && types.size === 1) return null;
  return typeof wanted === 'string' ? wanted : 'scripted';
}

function plain(value: unknown): string {
  return String(value).replaceAll('/', '').toLowerCase();
}
