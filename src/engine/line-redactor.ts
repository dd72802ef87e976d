import type { Redactor } from '../domain/redact.ts';
import { replaced } from '../domain/redact.ts';
import type { Found } from '../domain/secret-finder.ts';
import type { LogLine } from './log-line.ts';

/** More lines than this are not held back, whatever they may be the beginning of. */
const MAX_HELD = 256;

interface Place<Line> {
  readonly line: Line;
  /** Where its message begins and ends in the text that is looked at. */
  readonly start: number;
  readonly end: number;
}

/**
 * Takes secrets out of the lines of an attempt, also out of those that a secret is spread over. Lines that end with
 * what may be the beginning of a secret are held back until the next line of the same event says more; what comes of
 * another event, or `release`, lets them go in their order, without any part of a secret of eight characters or more.
 */
export class LineRedactor<Line extends LogLine> {
  readonly #redactor: Redactor;
  #held: readonly Line[] = [];
  /** Of each event: the end of what was let go, where a secret may have begun. */
  readonly #ends = new Map<string, string>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }

  /** The lines that can be kept now, in order. */
  push(line: Line): readonly Line[] {
    const first = this.#held[0];
    const before = first && first.event !== line.event ? this.release() : [];
    return [...before, ...this.#look([...this.#held, line], { letGo: this.#held.length >= MAX_HELD })];
  }

  /** Lets go what is held back. */
  release(): readonly Line[] {
    return this.#look(this.#held, { letGo: true });
  }

  /** Nothing that follows belongs to what was before. */
  reset(): void {
    this.#ends.clear();
  }

  #look(lines: readonly Line[], { letGo }: { readonly letGo: boolean }): readonly Line[] {
    const [first] = lines;
    if (!first) return [];
    const end = this.#ends.get(first.event) ?? '';
    const text = lines.length === 1 ? end + first.message : [end, ...lines.map(({ message }) => message)].join('');
    const found = this.#redactor.find(text);
    const openFrom = found.openFrom ?? text.length;
    const places = placesOf(lines, end.length);
    const free = letGo ? places : places.filter((place) => place.end <= openFrom);
    this.#held = lines.slice(free.length);
    // What stays is looked at again with its beginning; only of what is gone it has to be remembered.
    if (free.length > 0) this.#remember(first.event, letGo ? text.slice(openFrom) : '');
    return free.map((place) => this.#redacted(place, found));
  }

  #redacted({ line, start, end }: Place<Line>, found: Found): Line {
    const hits = found.hits
      .filter((hit) => hit.end > start && hit.start < end)
      .map((hit) => ({
        name: hit.name,
        start: Math.max(hit.start, start) - start,
        end: Math.min(hit.end, end) - start,
      }));
    const message = this.#redactor.text(replaced(line.message, { hits }));
    return { ...line, message, data: this.#redactor.data(line.data) };
  }

  #remember(event: string, end: string): void {
    if (end === '') this.#ends.delete(event);
    else this.#ends.set(event, end);
  }
}

function placesOf<Line extends LogLine>(lines: readonly Line[], from: number): readonly Place<Line>[] {
  let start = from;
  return lines.map((line) => {
    const place = { line, start, end: start + line.message.length };
    start = place.end;
    return place;
  });
}
