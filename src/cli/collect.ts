/** For an option that may be repeated: the values in the order in which they were given. */
export function collect(value: string, before: unknown): readonly string[] {
  return [...(Array.isArray(before) ? before.map(String) : []), value];
}
