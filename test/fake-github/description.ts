import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** A schema of the description, or a reference to one. */
export type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: { readonly 'application/json'?: { readonly schema: Schema } };
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One operation of GitHub's API that a request is for, with the values out of its path. */
export interface Operation {
  readonly id: string;
  readonly described: Described;
  readonly path: Readonly<Record<string, string>>;
}

/** Answers that GitHub gives to any request; its description names them for a few operations only. */
const ANYWHERE: ReadonlySet<number> = new Set([401, 403, 404, 409, 429, 500, 502, 503]);

const operations: Description = JSON.parse(readFileSync(join(import.meta.dirname, 'github-api.json'), 'utf8'));
const webhooks: Readonly<Record<string, Schema>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'github-webhooks.json'), 'utf8'),
);
const { components } = operations;
const description: Description = {
  ...operations,
  components: { ...components, schemas: { ...components['schemas'], ...webhooks } },
};

// OpenAPI's own words (`nullable`, `example`) and GitHub's own formats (`repo.nwo`) are no part of JSON Schema.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
formats.default(ajv);
for (const format of ['repo.nwo', 'timestamp', 'ssh-url']) ajv.addFormat(format, true);
ajv.addSchema(description, 'github');

const validators = new Map<string, ValidateFunction>();

/** What does not fit in a value; `key` names its schema, which is compiled once. */
function faultsIn(value: unknown, schema: Schema, key: string): readonly string[] {
  let validate = validators.get(key);
  if (!validate) {
    validate = ajv.compile(absolute(schema) as Schema);
    validators.set(key, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

/** The same schema with references that hold outside of the description. */
function absolute(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(absolute);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? `github${value}` : absolute(value),
    ]),
  );
}

/** What a reference of the description stands for. */
export function resolved<Target>(part: Target | { readonly $ref: string }): Target {
  if (typeof part !== 'object' || part === null || !('$ref' in part)) return part;
  const [, , kind = '', name = ''] = part.$ref.split('/');
  const target = description.components[kind]?.[name];
  if (target === undefined) throw new Error(`the description has no ${part.$ref}`);
  return target as Target;
}

export function schemaNamed(name: string): Schema {
  return resolved({ $ref: `#/components/schemas/${name}` });
}

/** The operation of a request, or null when the description knows none. */
export function operationOf(method: string, path: string): Operation | null {
  for (const [template, methods] of Object.entries(description.paths)) {
    const described = methods[method.toLowerCase()];
    const pattern = new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = described ? pattern.exec(path) : null;
    if (!described || !match) continue;
    const values = Object.entries(match.groups ?? {}).map(
      ([name, value]) => [name, decodeURIComponent(value)] as const,
    );
    return { id: described.operationId, described, path: Object.fromEntries(values) };
  }
  return null;
}

/** What of a request does not fit GitHub's description: parameters, query and body, unknown names included. */
export function requestFaults(operation: Operation, query: URLSearchParams, body: unknown): readonly string[] {
  const { id, described } = operation;
  const parameters = (described.parameters ?? []).map((each) => resolved<Parameter>(each));
  const faults: string[] = [];
  for (const { name, in: place, required, schema } of parameters) {
    const text = place === 'path' ? operation.path[name] : query.get(name);
    if (text === undefined || text === null) {
      if (required) faults.push(`${id}: ${name} is missing`);
      continue;
    }
    const value = resolved<Schema>(schema)['type'] === 'integer' ? Number(text) : text;
    faults.push(...faultsIn(value, schema, `${id} ${name}`).map((fault) => `${id}: ${name}${fault}`));
  }
  const known = new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name));
  for (const name of query.keys()) if (!known.has(name)) faults.push(`${id}: ${name} is not a parameter`);

  const schema = described.requestBody?.content?.['application/json']?.schema;
  if (!schema) return body === undefined ? faults : [...faults, `${id}: it takes no body`];
  if (body === undefined) return described.requestBody?.required ? [...faults, `${id}: the body is missing`] : faults;
  const properties = resolved<Schema>(schema)['properties'];
  for (const name of Object.keys(body as object)) {
    if (typeof properties !== 'object' || !Object.hasOwn(properties as object, name))
      faults.push(`${id}: ${name} is not part of the body`);
  }
  return [...faults, ...faultsIn(body, schema, `${id} body`).map((fault) => `${id}: body${fault}`)];
}

/** What of the body of a webhook does not fit GitHub's description; `name` is that of its schema. */
export function webhookFaults(name: string, body: unknown): readonly string[] {
  return faultsIn(body, { $ref: `#/components/schemas/${name}` }, name).map((fault) => `${name}: body${fault}`);
}

/** What of an answer does not fit GitHub's description. */
export function responseFaults({ id, described }: Operation, status: number, body: unknown): readonly string[] {
  const answer = described.responses[String(status)];
  if (!answer && !ANYWHERE.has(status)) return [`${id}: ${status} is not an answer of it`];
  const schema = answer
    ? resolved<Content>(answer).content?.['application/json']?.schema
    : { $ref: '#/components/schemas/basic-error' };
  if (!schema) return [];
  return faultsIn(body, schema, `${id} ${answer ? status : 'error'}`).map((fault) => `${id} ${status}: answer${fault}`);
}
