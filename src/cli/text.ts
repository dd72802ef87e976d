/*
 * Text that agents, repositories and remote services have a hand in goes through here before a terminal sees it:
 * it must not move the cursor, set a title, hide or reorder what stands beside it.
 */

/** An escape sequence with its parameters: CSI, the string kinds (OSC, DCS, …) up to their end, two-character ones. */
const ESCAPES =
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
/** Characters that reorder, hide or stand for nothing: bidi controls, zero-width ones (not joiners), tags. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
// oxlint-disable-next-line no-control-regex -- same
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** One line without escapes, control or bidi characters; white space is drawn together. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(ESCAPES, '')
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Several lines, each cleaned; indentation stays and a tab becomes two spaces. */
export function cleanLines(text: string): readonly string[] {
  return text
    .toWellFormed()
    .replace(ESCAPES, '')
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => line.replaceAll('\t', '  ').replace(CONTROLS, ' ').replace(INVISIBLE, '').trimEnd());
}

/** JSON on one line that is also harmless in a terminal: what a terminal could obey is written as `\uXXXX`. */
export function jsonLine(value: unknown): string {
  const escape = (character: string): string => {
    let escaped = '';
    for (let index = 0; index < character.length; index += 1) {
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  };
  // oxlint-disable-next-line no-control-regex -- same
  return JSON.stringify(value)
    .replace(INVISIBLE, escape)
    .replace(/[\u007f-\u009f\u2028\u2029]/g, escape);
}

const graphemes = new Intl.Segmenter();
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{20000}-\u{3fffd}])/u;
const ONLY_ASCII = /^[ -~]*$/;
const ONLY_MARKS = /^(?:\p{Mark}|\u200c|\u200d)+$/u;

/** How many columns a cleaned line takes in a terminal. */
export function columnsOf(text: string): number {
  if (ONLY_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += columnsOfGrapheme(segment);
  return columns;
}

/** The beginning of a cleaned line that fits, with `…` where something was left out. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const width = columnsOfGrapheme(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return `${kept.trimEnd()}…`;
}

/** Truncated or filled with spaces to exactly this many columns. */
export function fit(text: string, columns: number): string {
  const fitting = truncate(text, columns);
  return fitting + ' '.repeat(Math.max(0, columns - columnsOf(fitting)));
}

/** Broken between words into lines that fit; a longer word is cut. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = truncate(word, columns);
    }
  }
  return line === '' ? lines : [...lines, line];
}

function columnsOfGrapheme(segment: string): number {
  if (ONLY_MARKS.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}
