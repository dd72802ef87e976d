import type { RequestClass } from './naming.ts';
import { REQUEST_CLASSES } from './naming.ts';

/*
 * Readers of what agents answer. They are tolerant: an agent wraps its answer in prose, bold type or fences, and what
 * cannot be read has a fall-back. Nothing here decides a status: facts do.
 */

/** The class in a classifier's answer: the last of `/bug`, `/feature` and `/chore` it names; unclear is `feature`. */
export function requestClassIn(answer: string): RequestClass {
  const found = [...answer.toLowerCase().matchAll(/(?<![\w/])\/(bug|feature|chore)\b/g)].at(-1)?.[1];
  return REQUEST_CLASSES.find((requestClass) => requestClass === found) ?? 'feature';
}

/** Paths of Markdown files that a text names, in its order, each once. */
export function markdownPathsIn(text: string): readonly string[] {
  const paths = [...text.matchAll(/(?:^|[\s`'"(*<[])((?:[\w.-]+\/)*[\w.-]+\.md)\b/g)].map((match) => match[1] ?? '');
  return [...new Set(paths)];
}

/**
 * The block `Commit message:` of an implementor's report: the text on that line or the lines below it up to an empty
 * line that is followed by another heading, without fences. Null where there is none.
 */
export function commitMessageIn(report: string): string | null {
  const match = /^[\s>*#_-]*commit message[\s*_]*:[\s*_]*([\s\S]*)$/im.exec(report);
  if (!match?.[1]) return null;
  const lines: string[] = [];
  for (const line of match[1].split('\n')) {
    if (/^\s*```/.test(line)) {
      if (lines.some(hasText)) break;
      continue;
    }
    if (lines.some(hasText) && /^\s*(#{1,6}\s|\*\*[^*]+\*\*:?\s*$|no change needed\s*:)/i.test(line)) break;
    lines.push(line.trimEnd());
  }
  const message = lines
    .join('\n')
    .trim()
    .replace(/^[`"']+|[`"']+$/g, '');
  return message ? message.slice(0, MAX_COMMIT_MESSAGE) : null;
}

const MAX_COMMIT_MESSAGE = 4_000;

/** The reason in a report's line `No change needed: …`; null where there is none. */
export function noChangeReasonIn(report: string): string | null {
  const reason = /^[\s>*#_-]*no changes? (?:is |are |was |were )?needed[\s*_]*:[\s*_]*(.+)$/im.exec(report)?.[1];
  return reason?.replace(/[*_`]+$/, '').trim() || null;
}

/** The first heading or, without one, the first line of a plan, without marks. */
export function planTitle(plan: string): string | null {
  const heading = /^#{1,6}\s+(.+)$/m.exec(plan)?.[1] ?? plan.split('\n').find(hasText);
  const title = heading
    ?.replace(/^(?:plan|bug|feature|chore)\s*:\s*/i, '')
    .replace(/[*_`#]/g, '')
    .trim();
  return title || null;
}

function hasText(line: string): boolean {
  return line.trim() !== '';
}
