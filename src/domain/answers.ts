import type { RequestClass } from './naming.ts';
import { REQUEST_CLASSES } from './naming.ts';

/*
 * Readers of what agents answer. They are tolerant: an agent wraps its answer in prose, bold type or fences, and what
 * cannot be read has a fall-back. Nothing here decides a status: facts do.
 */

/** What an agent has answered: its last words, and the answer in the wanted form where it can be held to one. */
export interface Answered {
  readonly output: string;
  readonly answer: unknown;
}

/** What the implementor proposes; each null where it proposed nothing. */
export interface ImplementAnswer {
  readonly commit_message: string | null;
  readonly pull_request_title: string | null;
  readonly pull_request_body: string | null;
  /** Why nothing had to be changed. */
  readonly no_change_reason: string | null;
}

const text = (description: string) => ({ type: 'string', description });
const optionalText = (description: string) => ({ type: ['string', 'null'], description });

/** The forms that agents are asked to answer in, as JSON Schema in the strict form that every vendor takes. */
export const ANSWER_SCHEMAS = {
  classify: strictObject({
    class: { type: 'string', enum: ['/bug', '/feature', '/chore'], description: 'The class of the request' },
  }),
  plan: strictObject({
    plan_path: text('The path of the plan file that you wrote, from the root of the repository'),
    report: text('Two to five sentences: what is going to be done, and what you were not sure of'),
  }),
  implement: strictObject({
    report: text('What you changed, what the validation commands showed, what is left open; Markdown'),
    files_changed: {
      type: ['array', 'null'],
      items: { type: 'string' },
      description:
        'Paths from the root of the repository of the files that you added or changed, as they lie there now; null when nothing was changed',
    },
    commit_message: optionalText(
      "The whole message of the commit in the manner of the repository's history, first line at most 72 characters; null when nothing was changed",
    ),
    pull_request_title: optionalText('One line; null when nothing was changed'),
    pull_request_body: optionalText('What a reviewer needs to know, as Markdown; null when nothing was changed'),
    no_change_reason: optionalText('Why nothing had to be changed; null when something was'),
  }),
} as const;

function strictObject(properties: Readonly<Record<string, unknown>>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false } as const;
}

/** The class that was answered; unclear is `feature`. */
export function requestClassOf({ output, answer }: Answered): RequestClass {
  const given = textField(answer, 'class') ?? textField(fieldsOf(output), 'class') ?? output;
  const word = /^[\s`*"']*\/?(bug|feature|chore)[\s`*"'.!]*$/i.exec(given)?.[1]?.toLowerCase();
  return REQUEST_CLASSES.find((requestClass) => requestClass === word) ?? requestClassIn(given);
}

/** The class in a classifier's words: the last of `/bug`, `/feature` and `/chore` it names; unclear is `feature`. */
export function requestClassIn(answer: string): RequestClass {
  const found = [...answer.toLowerCase().matchAll(/(?<![\w/])\/(bug|feature|chore)\b/g)].at(-1)?.[1];
  return REQUEST_CLASSES.find((requestClass) => requestClass === found) ?? 'feature';
}

/** The planner's report for people. It names the plan file, so that whoever reads it later finds the file. */
export function planReportOf({ output, answer }: Answered): string {
  const fields = answer ?? fieldsOf(output);
  const report = textField(fields, 'report') ?? output;
  const path = textField(fields, 'plan_path');
  return path === null || markdownPathsIn(report).includes(path) ? report : `${report}\n\nPlan: ${path}`;
}

/** The implementor's report for people, and what it proposes for the steps that follow. */
export function implementAnswerOf({ output, answer }: Answered): {
  readonly report: string;
  readonly answer: ImplementAnswer;
} {
  const fields = answer ?? fieldsOf(output);
  const report = textField(fields, 'report');
  if (report === null) return { report: output, answer: implementAnswerIn(output) };
  return {
    report,
    answer: {
      commit_message: textField(fields, 'commit_message')?.slice(0, MAX_COMMIT_MESSAGE) ?? null,
      pull_request_title: textField(fields, 'pull_request_title'),
      pull_request_body: textField(fields, 'pull_request_body'),
      no_change_reason: textField(fields, 'no_change_reason'),
    },
  };
}

/** What an implementor's report in words proposes. */
export function implementAnswerIn(report: string): ImplementAnswer {
  const title = /^[\s>*#_-]*pull request title[\s*_]*:[\s*_]*(.+)$/im.exec(report)?.[1];
  return {
    commit_message: commitMessageIn(report),
    pull_request_title: title?.replace(/^[`"']+|[`"'*_]+$/g, '').trim() || null,
    pull_request_body: null,
    no_change_reason: noChangeReasonIn(report),
  };
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
function commitMessageIn(report: string): string | null {
  const match = /^[\s>*#_-]*commit message[\s*_]*:[\s*_]*([\s\S]*)$/im.exec(report);
  if (!match?.[1]) return null;
  const lines: string[] = [];
  for (const line of match[1].split('\n')) {
    if (/^\s*```/.test(line)) {
      if (lines.some(hasText)) break;
      continue;
    }
    if (lines.some(hasText) && NEXT_HEADING.test(line)) break;
    lines.push(line.trimEnd());
  }
  const message = lines
    .join('\n')
    .trim()
    .replace(/^[`"']+|[`"']+$/g, '');
  return message ? message.slice(0, MAX_COMMIT_MESSAGE) : null;
}

const NEXT_HEADING =
  /^\s*(#{1,6}\s|\*\*[^*]+\*\*:?\s*$|[*_]*(?:no change needed|pull request title|files changed)[\s*_]*:)/i;
const MAX_COMMIT_MESSAGE = 4_000;

/** The reason in a report's line `No change needed: …`; null where there is none. */
function noChangeReasonIn(report: string): string | null {
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

/** The last JSON object that stands in a fence, or the one that a text begins with; null where there is none. */
export function fieldsOf(output: string): unknown {
  const fenced = [...output.matchAll(/```(?:json)?\s*\n(\{[\s\S]*?\})\s*```/gi)].at(-1)?.[1];
  // What stands behind the object is chatter; before it nothing may stand, or it is a part of prose.
  const candidate = fenced ?? output.trim().slice(0, output.trim().lastIndexOf('}') + 1);
  if (!candidate.startsWith('{')) return null;
  try {
    return JSON.parse(candidate);
  } catch {
    return null;
  }
}

/** A text of an object, or null where it has none or an empty one. */
export function textField(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const field: unknown = new Map<string, unknown>(Object.entries(value)).get(name);
  return typeof field === 'string' && field.trim() !== '' ? field.trim() : null;
}

function hasText(line: string): boolean {
  return line.trim() !== '';
}
