import { formsOf } from './secret-forms.ts';
import type { Secret } from './secrets.ts';
import { MIN_SECRET_CHARACTERS } from './secrets.ts';

/** A place in a text that is a secret, or the visible part of one that was cut. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** `open` where it reaches the end of the text and goes on after it. */
interface OpenHit extends Hit {
  readonly open: boolean;
}

export interface Found {
  /** In order, without overlaps. */
  readonly hits: readonly Hit[];
  /** Where the end of the text may be the beginning of a secret that goes on in the text after it; null if nowhere. */
  readonly openFrom: number | null;
}

/** This many characters of a secret count as a part of it. */
const PART = MIN_SECRET_CHARACTERS;
const BLOCK = 2;
const LINE_BREAK = /\r?\n[ \t]*/g;
/** In a unified diff each line has a sign before it. */
const LINE_BREAK_IN_DIFF = /\r?\n[ +-][ \t]*/g;
const ELLIPSIS = '…';
const NOTHING: Found = { hits: [], openFrom: null };

/**
 * Finds secrets in all their forms at once, in one pass that mostly steps over several characters (Wu and Manber's
 * algorithm: a table says how far the end of a pattern can be at least, by the two characters that stand here).
 * Line breaks inside a secret are looked past. At the edges of a text, and beside the mark `…` of what was left out,
 * eight characters of a secret are enough.
 */
export class SecretFinder {
  readonly #forms: readonly { readonly text: string; readonly name: string }[];
  readonly #steps = new Uint8Array(1 << 14).fill(PART - BLOCK + 1);
  /** By their first characters. */
  readonly #anchors = new Map<string, number[]>();
  /** Where a run of PART characters stands in which form. */
  readonly #runs = new Map<string, { readonly form: number; readonly offset: number }[]>();
  /** What a text may end with when it ends in the first characters of a form. */
  readonly #beginnings = new Set<string>();

  constructor(secrets: readonly Secret[]) {
    const names = new Map<string, string>();
    for (const { name, value } of secrets) {
      if (value.length < MIN_SECRET_CHARACTERS) continue;
      for (const form of formsOf(value)) if (form.length >= PART && !names.has(form)) names.set(form, name);
    }
    // The longest first, so that the first one that fits is the one to take.
    this.#forms = [...names].map(([text, name]) => ({ text, name })).toSorted((a, b) => b.text.length - a.text.length);
    for (const [index, { text }] of this.#forms.entries()) {
      push(this.#anchors, text.slice(0, PART), index);
      for (let length = 1; length < PART; length += 1) this.#beginnings.add(text.slice(0, length));
      for (let offset = 0; offset + PART <= text.length; offset += 1) {
        push(this.#runs, text.slice(offset, offset + PART), { form: index, offset });
      }
      for (let at = BLOCK - 1; at < PART; at += 1) {
        const block = blockAt(text, at);
        this.#steps[block] = Math.min(this.#steps[block] ?? 0, PART - 1 - at);
      }
    }
  }

  find(text: string, { isDiff = false }: { readonly isDiff?: boolean } = {}): Found {
    if (this.#forms.length === 0) return NOTHING;
    if (!text.includes('\n')) return this.#findInLine(text);
    const lineBreak = isDiff ? LINE_BREAK_IN_DIFF : LINE_BREAK;
    const line = text.replaceAll(lineBreak, '');
    const { hits, openFrom } = this.#findInLine(line);
    if (hits.length === 0 && openFrom === null) return NOTHING;
    const back = placesBefore(text, lineBreak);
    return {
      hits: hits.map(({ start, end, name }) => ({ start: back(start), end: back(end - 1) + 1, name })),
      openFrom: openFrom === null ? null : back(openFrom),
    };
  }

  #findInLine(text: string): Found {
    const hits: Hit[] = [];
    let from = 0;
    let openFrom: number | null = null;
    for (const cut of [...cutsIn(text), text.length]) {
      const rest = this.#restAt(text, from);
      if (rest) hits.push(rest);
      openFrom = rest?.open ? rest.start : this.#scan(text, { from: rest?.end ?? from, to: cut, hits });
      from = Math.max(cut, hits.at(-1)?.end ?? 0);
    }
    return { hits, openFrom: openFrom ?? this.#shortBeginning(text, hits.at(-1)?.end ?? 0) };
  }

  /** The rest of a secret whose beginning stood before the text. */
  #restAt(text: string, start: number): OpenHit | null {
    const runs = this.#runs.get(text.slice(start, start + PART));
    if (!runs || this.#beginsAt(text, start)) return null;
    for (const { form, offset } of runs) {
      const { text: whole = '', name = '' } = this.#forms[form] ?? {};
      const end = start + sameLength(text, start, whole, offset);
      if (offset + end - start === whole.length) return { start, end, name, open: false };
      if (isEdge(text, end)) return { start, end, name, open: end === text.length };
    }
    return null;
  }

  /** Adds what begins from `from` and ends at the latest at `to`; returns where what is open at the end begins. */
  #scan(text: string, { from, to, hits }: { from: number; to: number; hits: Hit[] }): number | null {
    const steps = this.#steps;
    let at = from + PART - 1;
    while (at < to) {
      const step = steps[blockAt(text, at)] ?? 0;
      if (step > 0) {
        at += step;
        continue;
      }
      const start = at - PART + 1;
      const hit = this.#beginsAt(text, start);
      if (hit === null) {
        at += 1;
        continue;
      }
      hits.push(hit);
      if (hit.open) return start;
      at = hit.end + PART - 1;
    }
    return null;
  }

  #beginsAt(text: string, start: number): OpenHit | null {
    let part: OpenHit | null = null;
    for (const index of this.#anchors.get(text.slice(start, start + PART)) ?? []) {
      const { text: whole = '', name = '' } = this.#forms[index] ?? {};
      const length = sameLength(text, start, whole, 0);
      const end = start + length;
      if (length === whole.length) return { start, end, name, open: false };
      if (isEdge(text, end) && (part === null || end > part.end))
        part = { start, end, name, open: end === text.length };
    }
    return part;
  }

  #shortBeginning(text: string, from: number): number | null {
    for (let length = Math.min(PART - 1, text.length - from); length > 0; length -= 1) {
      if (this.#beginnings.has(text.slice(-length))) return text.length - length;
    }
    return null;
  }
}

function blockAt(text: string, at: number): number {
  return ((text.charCodeAt(at - 1) << 7) ^ text.charCodeAt(at)) & 0x3fff;
}

function sameLength(text: string, start: number, whole: string, offset: number): number {
  let length = 0;
  while (
    start + length < text.length &&
    offset + length < whole.length &&
    text.charCodeAt(start + length) === whole.charCodeAt(offset + length)
  ) {
    length += 1;
  }
  return length;
}

/** True where the text ends or says that something was left out: `…`, ` … (12 more characters)`, ` [… cut …]`. */
function isEdge(text: string, at: number): boolean {
  return at === text.length || /^ ?\[?…/.test(text.slice(at, at + 3));
}

/** Where a text goes on after something was left out of its middle. */
function cutsIn(text: string): readonly number[] {
  if (!text.includes(ELLIPSIS)) return [];
  return [...text.matchAll(/…[…\]]*/g)].map(({ index, 0: mark }) => index + mark.length);
}

/** From a place in the text without line breaks to the place in the text with them. */
function placesBefore(text: string, lineBreak: RegExp): (place: number) => number {
  const breaks: { readonly place: number; readonly removed: number }[] = [];
  let removed = 0;
  for (const { index, 0: gap } of text.matchAll(lineBreak)) {
    const place = index - removed;
    removed += gap.length;
    breaks.push({ place, removed });
  }
  return (place) => {
    let low = 0;
    let high = breaks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle]?.place ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return place + (breaks[low - 1]?.removed ?? 0);
  };
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
