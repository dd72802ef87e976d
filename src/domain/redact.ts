import type { Found } from './secret-finder.ts';
import { SecretFinder } from './secret-finder.ts';
import type { Secret } from './secrets.ts';
import { withoutTokens } from './token-patterns.ts';

/** Keys of data whose texts only lose the service's own secrets: documents, and names that must stay what they are. */
type OwnOnly = ReadonlySet<string>;

const NONE: OwnOnly = new Set();

/**
 * Takes secrets out of texts: `[redacted GITHUB_TOKEN]` for a value that the service was configured with, in any of the
 * forms of `formsOf`, and `[redacted github token]` for what is a token by its form.
 */
export class Redactor {
  readonly #secrets = new Map<string, Secret>();
  #finder: SecretFinder;

  constructor(secrets: readonly Secret[]) {
    for (const secret of secrets) if (!this.#secrets.has(secret.value)) this.#secrets.set(secret.value, secret);
    this.#finder = new SecretFinder([...this.#secrets.values()]);
  }

  /** Knows these from now on too: a login that was renewed. */
  learn(secrets: readonly Secret[]): void {
    const fresh = secrets.filter(({ value }) => !this.#secrets.has(value));
    if (fresh.length === 0) return;
    for (const secret of fresh) this.#secrets.set(secret.value, secret);
    this.#finder = new SecretFinder([...this.#secrets.values()]);
  }

  /** Looks for these no more: tokens that have come to their end, of which a service has more every hour. */
  forget(secrets: readonly Secret[]): void {
    const known = secrets.filter(({ value }) => this.#secrets.delete(value));
    if (known.length > 0) this.#finder = new SecretFinder([...this.#secrets.values()]);
  }

  /** Without the service's secrets and without tokens of a well-known form. */
  text(text: string): string {
    return withoutTokens(this.own(text));
  }

  /** Without the service's secrets alone: for documents, in which a token may be an example. */
  own(text: string): string {
    return replaced(text, this.find(text));
  }

  /** A unified diff without the service's secrets. */
  diff(text: string): string {
    return replaced(text, this.#finder.find(text, { isDiff: true }));
  }

  /** The service's secrets in a text. */
  find(text: string): Found {
    return this.#finder.find(text);
  }

  /** A copy of data without secrets in its texts and keys; the same object where there are none. */
  data<Data>(data: Data, ownOnly?: OwnOnly): Data;
  data(data: unknown, ownOnly: OwnOnly = NONE): unknown {
    return this.#data(data, { ownOnly, key: '' });
  }

  #data(data: unknown, { ownOnly, key }: { readonly ownOnly: OwnOnly; readonly key: string }): unknown {
    if (typeof data === 'string') return ownOnly.has(key) ? this.own(data) : this.text(data);
    if (typeof data !== 'object' || data === null) return data;
    if (Array.isArray(data)) {
      const items = data.map((item: unknown) => this.#data(item, { ownOnly, key }));
      return items.every((item, index) => item === data[index]) ? data : items;
    }
    let changed = false;
    const fields = Object.entries(data).map(([name, value]: [string, unknown]) => {
      const field = [this.own(name), this.#data(value, { ownOnly, key: name })] as const;
      changed ||= field[0] !== name || field[1] !== value;
      return field;
    });
    return changed ? Object.fromEntries(fields) : data;
  }
}

/** The text with a word in place of each hit. */
export function replaced(text: string, { hits }: Pick<Found, 'hits'>): string {
  if (hits.length === 0) return text;
  let kept = '';
  let from = 0;
  for (const { start, end, name } of hits) {
    kept += `${text.slice(from, start)}[redacted ${name}]`;
    from = end;
  }
  return kept + text.slice(from);
}
