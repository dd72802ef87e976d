import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Database } from './database.ts';

/** Stands for a value that comes with each call: `value('seq')`. */
export type ValueOf<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/** Runs a query whose text was made once. */
export type Precompiled<Values extends object, Row> = (
  database: Kysely<Database>,
  values: Values,
) => Promise<readonly Row[]>;

/**
 * Building a query costs more than running it, so the ones on the way of every write are built at their first use and
 * kept.
 */
export function precompile<Values extends object, Row>(
  build: (value: ValueOf<Values>) => Compilable<Row>,
): Precompiled<Values, Row> {
  let compiled: CompiledQuery<Row> | null = null;
  return async (database, values) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a placeholder takes the place of a value of any type
    compiled ??= build((name) => new Placeholder(name) as never).compile();
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? (Reflect.get(values, parameter.name) as unknown) : parameter,
    );
    const query: CompiledQuery<Row> = { ...compiled, parameters };
    const { rows } = await database.executeQuery(query);
    return rows;
  };
}

/** The same columns as values of a query: `{ seq: value('seq'), … }`. */
export function valuesOf<Row extends object, Name extends keyof Row & string>(
  names: readonly Name[],
  value: ValueOf<Row>,
): Pick<Row, Name> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` forgets the names
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Pick<Row, Name>;
}

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}
