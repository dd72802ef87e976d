import { readFileSync } from 'node:fs';
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

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** One operation of an API that a request is for, with the values out of its path. */
export interface Operation {
  readonly id: string;
  readonly described: Described;
  readonly path: Readonly<Record<string, string>>;
}

/** Answers that a forge gives to any request; descriptions name them for a few operations only. */
const ANYWHERE: ReadonlySet<number> = new Set([401, 403, 404, 409, 429, 500, 502, 503]);

/** The description of an API in the form of OpenAPI 3, against which requests and answers are held. */
export class Description {
  readonly #document: Document;
  readonly #name: string;
  // OpenAPI's own words (`nullable`, `example`) and a forge's own formats are no part of JSON Schema.
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  readonly #validators = new Map<string, ValidateFunction>();

  /** `formats` are those of the forge's own, which are not looked at. */
  constructor({
    file,
    schemasFile,
    name,
    formats: own = [],
  }: {
    file: string;
    /** More schemas, by their names. */
    schemasFile?: string;
    name: string;
    formats?: readonly string[];
  }) {
    const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
    const more = schemasFile === undefined ? {} : (JSON.parse(readFileSync(schemasFile, 'utf8')) as object);
    const { components } = document;
    this.#document = { ...document, components: { ...components, schemas: { ...components['schemas'], ...more } } };
    this.#name = name;
    formats.default(this.#ajv);
    for (const format of own) this.#ajv.addFormat(format, true);
    this.#ajv.addSchema(this.#document, name);
  }

  /** What a reference of the description stands for. */
  resolved<Target>(part: Target | { readonly $ref: string }): Target {
    if (typeof part !== 'object' || part === null || !('$ref' in part)) return part;
    const [, , kind = '', name = ''] = part.$ref.split('/');
    const target = this.#document.components[kind]?.[name];
    if (target === undefined) throw new Error(`the description has no ${part.$ref}`);
    return target as Target;
  }

  schemaNamed(name: string): Schema {
    return this.resolved({ $ref: `#/components/schemas/${name}` });
  }

  /** The operation of a request, or null when the description knows none. */
  operationOf(method: string, path: string): Operation | null {
    for (const [template, methods] of Object.entries(this.#document.paths)) {
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

  /** What of a request does not fit: parameters, query and body, unknown names included. */
  requestFaults(operation: Operation, query: URLSearchParams, body: unknown): readonly string[] {
    const { id, described } = operation;
    const parameters = (described.parameters ?? []).map((each) => this.resolved<Parameter>(each));
    const faults: string[] = [];
    for (const { name, in: place, required, schema } of parameters) {
      const text = place === 'path' ? operation.path[name] : query.get(name);
      if (text === undefined || text === null) {
        if (required) faults.push(`${id}: ${name} is missing`);
        continue;
      }
      const value = this.resolved<Schema>(schema)['type'] === 'integer' ? Number(text) : text;
      faults.push(...this.#faultsIn(value, schema, `${id} ${name}`).map((fault) => `${id}: ${name}${fault}`));
    }
    const known = new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name));
    for (const name of query.keys()) if (!known.has(name)) faults.push(`${id}: ${name} is not a parameter`);

    const schema = described.requestBody?.content?.['application/json']?.schema;
    if (!schema) return body === undefined ? faults : [...faults, `${id}: it takes no body`];
    if (body === undefined) return described.requestBody?.required ? [...faults, `${id}: the body is missing`] : faults;
    const properties = this.resolved<Schema>(schema)['properties'];
    for (const name of Object.keys(body as object)) {
      if (typeof properties !== 'object' || !Object.hasOwn(properties as object, name))
        faults.push(`${id}: ${name} is not part of the body`);
    }
    return [...faults, ...this.#faultsIn(body, schema, `${id} body`).map((fault) => `${id}: body${fault}`)];
  }

  /** What of an answer does not fit. */
  responseFaults({ id, described }: Operation, status: number, body: unknown): readonly string[] {
    const answer = described.responses[String(status)];
    if (!answer && !ANYWHERE.has(status)) return [`${id}: ${status} is not an answer of it`];
    const schema = answer
      ? this.resolved<Content>(answer).content?.['application/json']?.schema
      : { $ref: '#/components/schemas/basic-error' };
    if (!schema) return [];
    const key = `${id} ${answer ? status : 'error'}`;
    return this.#faultsIn(body, schema, key).map((fault) => `${id} ${status}: answer${fault}`);
  }

  /** What of a value does not fit the schema of a name. */
  valueFaults(schemaName: string, value: unknown): readonly string[] {
    const faults = this.#faultsIn(value, { $ref: `#/components/schemas/${schemaName}` }, schemaName);
    return faults.map((fault) => `${schemaName}: body${fault}`);
  }

  /** What does not fit in a value; `key` names its schema, which is compiled once. */
  #faultsIn(value: unknown, schema: Schema, key: string): readonly string[] {
    let validate = this.#validators.get(key);
    if (!validate) {
      validate = this.#ajv.compile(this.#absolute(schema) as Schema);
      this.#validators.set(key, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  }

  /** The same schema with references that hold outside of the description. */
  #absolute(part: unknown): unknown {
    if (Array.isArray(part)) return part.map((each) => this.#absolute(each));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        key === '$ref' && typeof value === 'string' ? `${this.#name}${value}` : this.#absolute(value),
      ]),
    );
  }
}
