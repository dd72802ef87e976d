/** One page of a list. */
export function pageOf<Item>(query: URLSearchParams, sizeName: string, all: readonly Item[]): readonly Item[] {
  const size = Math.min(100, Number(query.get(sizeName) ?? 20));
  const number = Number(query.get('page') ?? 1);
  return all.slice((number - 1) * size, number * size);
}
