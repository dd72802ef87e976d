/** Reads a column that this store wrote itself as JSON of this type; foreign JSON is checked elsewhere. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type of the column
export function storedJson<Value>(text: string): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return JSON.parse(text) as Value;
}
