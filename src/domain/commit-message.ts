/** A line such as `Work-Order: wo-…` or `Co-authored-by: …`, as git reads it at the end of a message. */
const TRAILER = /^[A-Za-z0-9-]+: \S/;

/**
 * A commit message with a trailer at its end: among those that are there, else in a paragraph of its own. A subject
 * alone, which may look like a trailer (`fix: a crash`), is none.
 */
export function withTrailer(message: string, trailer: string): string {
  const text = message.trimEnd();
  const paragraphs = text.split(/\n\s*\n/);
  const lines = paragraphs.at(-1)?.split('\n') ?? [];
  if (lines.includes(trailer)) return text;
  const hasTrailers = paragraphs.length > 1 && lines.every((line) => TRAILER.test(line));
  return `${text}${hasTrailers ? '\n' : '\n\n'}${trailer}`;
}
