import { z } from 'zod';

/** What is known of an option beside the form of its value. */
export interface OptionFacts {
  /** The long flag, such as `--port`; null for an option that is never a flag. */
  readonly flag: string | null;
  /** How the help calls the flag's value. */
  readonly placeholder: string;
  readonly environment: string;
  /** The name that the original service gave it, still read; the new name wins. */
  readonly oldEnvironment: string | null;
  readonly description: string;
  /** What a value may be, in words that follow "allowed is". */
  readonly allowed: string;
  /** The default in words, where it is computed from the machine or left to a part of the service. */
  readonly defaultText: string | null;
  /** How a text (a flag, a variable) becomes a value. */
  readonly form: 'text' | 'number' | 'path' | 'names' | 'paths' | 'json';
  /** A value that is never shown. */
  readonly secret: boolean;
}

/** The facts of every option, by its schema. */
const optionFacts = z.registry<OptionFacts>();

const ANY_FACTS = { flag: null, placeholder: 'VALUE', oldEnvironment: null, defaultText: null, secret: false } as const;

/** An option: the form of its value, with what is known of it. */
export function option<Schema extends z.ZodType>(
  schema: Schema,
  facts: Partial<OptionFacts> & Pick<OptionFacts, 'environment' | 'description' | 'allowed' | 'form'>,
): Schema {
  optionFacts.add(schema, { ...ANY_FACTS, ...facts });
  return schema;
}

export function factsOfSchema(schema: z.ZodType): OptionFacts | undefined {
  return optionFacts.get(schema);
}

export const text = z.string().min(1);
export const optionalText = () => text.nullable().default(null);
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
