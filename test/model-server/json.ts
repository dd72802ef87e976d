/** Foreign JSON, read without trust: what is not of the wanted kind counts as empty. */
export type Json = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The text of a message whose content is a string or a list of parts; parts without text are left out. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => string(part['text']))
    .filter((text) => text !== '')
    .join('\n');
}
