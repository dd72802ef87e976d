/*
 * Text that agents, repositories and remote services have a hand in goes through here before the page shows it: React
 * keeps it from being HTML, and this keeps it from hiding, reordering or faking what stands beside it.
 */

/** A piece of text with how it is to look. */
export interface TextPiece {
  /** Where it stands in the text. */
  readonly at: number;
  readonly text: string;
  /** Set for what was said by colour in a terminal. */
  readonly style?: TextStyle;
  /** Stands for a character that nobody would see, or should not obey; says which one. */
  readonly placeholder?: string;
}

export type TextStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** CSI with its parameters; the string kinds (OSC, DCS, …) up to their end, within a bound; those of two characters. */
const ESCAPE =
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  /(?:\u001b\[|\u009b)[0-?]{0,100}[ -/]{0,10}[@-~]|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]{0,2000}(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]{0,10}[0-Z\\`-~]/;
/** Controls but tab and new line; what reorders (bidi), hides, or takes no room; lone halves of characters. */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- same
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udfff]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN.source, 'gu');
const SPECIAL = new RegExp(`(${ESCAPE.source})|(${UNSEEN.source})`, 'gu');
/** The colour codes of terminals; everything else that a terminal obeys does nothing here. */
// oxlint-disable-next-line no-control-regex -- same
const COLOURS = /^(?:\u001b\[|\u009b)([\d;:]*)m$/;

const CONTROL_NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

const STYLES: Readonly<Record<number, TextStyle>> = {
  1: 'bold',
  2: 'dim',
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  35: 'magenta',
  36: 'cyan',
  90: 'dim',
  91: 'red',
  92: 'green',
  93: 'yellow',
  94: 'blue',
  95: 'magenta',
  96: 'cyan',
};

/** The text in pieces: colours of a terminal as styles, other escapes left out, unseen characters as placeholders. */
export function plainPieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let style: TextStyle | undefined;
  let at = 0;
  const add = (end: number): void => {
    if (end > at) pieces.push({ at, text: text.slice(at, end), ...(style && { style }) });
  };
  for (const { 0: found, 1: escape, index } of text.matchAll(SPECIAL)) {
    // A line that ends in the manner of Windows is no secret message.
    if (found === '\r' && text.charAt(index + 1) === '\n') {
      add(index);
    } else if (escape === undefined) {
      add(index);
      pieces.push({ at: index, text: pictureOf(found), placeholder: nameOf(found) });
    } else {
      add(index);
      const colours = COLOURS.exec(escape)?.[1];
      if (colours !== undefined) style = styleAfter(style, colours);
    }
    at = index + found.length;
  }
  add(text.length);
  return pieces;
}

/** The same as one text without styles: unseen characters as their symbols. */
export function plainText(text: string): string {
  return text.search(SPECIAL) === -1
    ? text
    : plainPieces(text)
        .map((piece) => piece.text)
        .join('');
}

/** For source text, where an escape is as much a part of it as every other character: nothing is left out. */
export function visibleText(text: string): string {
  return text.replaceAll(EVERY_UNSEEN, pictureOf);
}

/** Whether a text has characters in it that one would not see. */
export function hidesCharacters(text: string): boolean {
  return UNSEEN.test(text);
}

/** Like `plainText` for one line: what would break it is a space. */
export function plainLine(text: string): string {
  return plainText(text.replaceAll(/\s+/g, ' ').trim());
}

function styleAfter(style: TextStyle | undefined, codes: string): TextStyle | undefined {
  let after = style;
  const numbers = codes.split(/[;:]/).map(Number);
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index] ?? 0;
    // A colour out of 256 or of all: its numbers are no codes of their own.
    if (code === 38 || code === 48) index += numbers[index + 1] === 5 ? 2 : 4;
    else if (code === 0 || code === 39 || code === 22) after = undefined;
    else after = STYLES[code] ?? after;
  }
  return after;
}

/** By its old name where it has one; fonts seldom have pictures of these. */
function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹${code === 0x7f ? 'DEL' : (CONTROL_NAMES[code] ?? nameOf(character))}›`;
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
