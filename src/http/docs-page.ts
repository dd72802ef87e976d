import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { DOCS_STYLE } from './docs-style.ts';
import type { OpenApiDocument } from './openapi.ts';

type Html = ReturnType<typeof html>;
type Json = Readonly<Record<string, unknown>>;

const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** For the page's own content security policy: nothing but this one style is let in. */
export const DOCS_STYLE_HASH = `sha256-${createHash('sha256').update(DOCS_STYLE).digest('base64')}`;

// One piece, because a formatter that lays out the template would change the text that the hash is of.
const STYLE_ELEMENT = raw(`<style>${DOCS_STYLE}</style>`);

/** The OpenAPI document as one readable page: no script, nothing loaded from elsewhere. */
export function docsPage(document: OpenApiDocument): Html {
  const operations = operationsOf(document);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${document.info.title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>${document.info.title} <small>${document.info.version}</small></h1>
          ${prose(document.info.description)}
          <p>For programs: <a href="openapi.json">openapi.json</a></p>
        </header>
        <nav aria-label="Routes">
          ${(document.tags ?? []).map(
            ({ name }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${operations
                    .filter(({ tag }) => tag === name)
                    .map(
                      ({ id, method, path }) =>
                        html`<li>
                          <a href="#${id}">${methodBadge(method)} <code>${path}</code></a>
                        </li> `,
                    )}
                </ul>`,
          )}
          <h2>Shapes</h2>
          <ul>
            ${schemasOf(document).map(
              ([name]) =>
                html`<li>
                  <a href="#${name}"><code>${name}</code></a>
                </li> `,
            )}
          </ul>
        </nav>
        <main>
          ${(document.tags ?? []).map(
            ({ name, description }) =>
              html`<h2>${name}</h2>
                ${prose(description)} ${operations.filter(({ tag }) => tag === name).map(operationSection)}`,
          )}
          <h2>Shapes</h2>
          ${schemasOf(document).map(([name, schema]) => schemaSection(name, schema))}
        </main>
      </body>
    </html>`;
}

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly definition: Json;
}

function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(record(methods))
      .filter(([method]) => METHODS.has(method))
      .map(([method, value]) => {
        const definition = record(value);
        return {
          id: text(definition['operationId']),
          tag: text(list(definition['tags'])[0]),
          method,
          path,
          definition,
        };
      }),
  );
}

function schemasOf(document: OpenApiDocument): readonly (readonly [string, Json])[] {
  return Object.entries(document.components.schemas ?? {}).map(([name, schema]) => [name, record(schema)] as const);
}

function operationSection({ id, method, path, definition }: Operation): Html {
  const parameters = list(definition['parameters']).map(record);
  const body = record(definition['requestBody']);
  return html`<section id="${id}">
    <h3>${methodBadge(method)} <code>${path}</code></h3>
    <p><strong>${text(definition['summary'])}</strong></p>
    ${prose(text(definition['description']))}
    ${parameters.length > 0 ? fieldTable('Parameters', parameters.map(parameterRow)) : ''}
    ${
      body['content']
        ? html`<h4>Body</h4>
            <p>${contentTypes(body)}</p>`
        : ''
    }
    <h4>Answers</h4>
    <dl>
      ${Object.entries(record(definition['responses'])).map(
        ([status, response]) =>
          html`<dt><code class="s${status.slice(0, 1)}">${status}</code></dt>
            <dd>
              ${code(text(record(response)['description']))}
              ${contentTypes(record(response))}${headersOf(record(response))}
            </dd> `,
      )}
    </dl>
  </section>`;
}

function schemaSection(name: string, schema: Json): Html {
  const required = list(schema['required']);
  const rows = Object.entries(record(schema['properties'])).map(([field, value]) =>
    row(field, record(value), required.includes(field)),
  );
  return html`<section id="${name}">
    <h3><code>${name}</code></h3>
    ${prose(text(schema['description']))} ${rows.length > 0 ? fieldTable('Fields', rows) : ''}
  </section>`;
}

function fieldTable(title: string, rows: readonly Html[]): Html {
  return html`<h4>${title}</h4>
    <div class="wide">
      <table>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

function parameterRow(parameter: Json): Html {
  const place = text(parameter['in']);
  return row(text(parameter['name']), record(parameter['schema']), parameter['required'] === true, place);
}

function row(name: string, schema: Json, isRequired: boolean, place = ''): Html {
  const example = schema['example'];
  return html`<tr>
    <th scope="row">
      <code>${name}</code>${isRequired ? '' : html` <small>optional</small>`}
      ${place ? html`<small>${place}</small>` : ''}
    </th>
    <td>${typeOf(schema)}</td>
    <td>
      ${code(text(schema['description']))}${
        schema['default'] === undefined ? '' : html` <small>default ${JSON.stringify(schema['default'])}</small>`
      }${example === undefined ? '' : html` <small>e.g. <code>${JSON.stringify(example)}</code></small>`}
    </td>
  </tr> `;
}

/** A type in a few words, with links to the shapes it names. */
function typeOf(schema: Json): Html {
  const reference = text(schema['$ref']).split('/').at(-1);
  if (reference) return html`<a href="#${reference}"><code>${reference}</code></a>`;
  const choices = list(schema['anyOf'] ?? schema['oneOf']).map(record);
  if (choices.length > 0) return joined(choices.map(typeOf));
  const values = list(schema['enum']);
  if (values.length > 0) return joined(values.map((value) => html`<code>${JSON.stringify(value)}</code>`));
  if (schema['items']) return html`list of ${typeOf(record(schema['items']))}`;
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? 'any'];
  return joined(types.map((type) => html`${text(type)}`));
}

function joined(parts: readonly Html[]): Html {
  return html`${parts.map((part, index) => html`${index === 0 ? '' : ' or '}${part}`)}`;
}

function contentTypes(response: Json): Html {
  return html`${Object.entries(record(response['content'])).map(
    ([mediaType, content]) =>
      html`<small><code>${mediaType}</code></small> ${typeOf(record(record(content)['schema']))} `,
  )}`;
}

function headersOf(response: Json): Html {
  return html`${Object.entries(record(response['headers'])).map(
    ([name, header]) => html`<br /><small><code>${name}</code> ${code(text(record(header)['description']))}</small>`,
  )}`;
}

function methodBadge(method: string): Html {
  return html`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

/** Paragraphs with `code` and **bold**: all the Markdown that our descriptions use. */
function prose(markdown: string | undefined): Html {
  const paragraphs = (markdown ?? '').split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '');
  return html`${paragraphs.map((paragraph) => html`<p>${code(paragraph)}</p> `)}`;
}

function code(markdown: string): Html {
  return html`${markdown.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith('**')) return html`<strong>${part.slice(2, -2)}</strong>`;
    return html`${part}`;
  })}`;
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
