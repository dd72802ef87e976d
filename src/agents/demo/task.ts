import { REQUEST_CLASSES } from '../../domain/naming.ts';
import type { RequestClass } from '../../domain/naming.ts';

/** What the demo agent understands of a prompt: the parts between the tags of our own prompt files. */
export interface Task {
  readonly request: string;
  /** The plan file, relative to the working copy; null where the prompt names none that can be used. */
  readonly planPath: string | null;
  readonly changedFiles: readonly string[];
}

export function readTask(prompt: string): Task {
  const path = tagged(prompt, 'plan_file') ?? /\bspecs\/[\w./-]+\.md\b/.exec(prompt)?.[0] ?? null;
  return {
    request: tagged(prompt, 'request') ?? prompt.trim(),
    planPath: path !== null && isInside(path) ? path : null,
    changedFiles: (tagged(prompt, 'changed_files') ?? '').split('\n').filter((line) => line !== ''),
  };
}

const KEYWORDS: Readonly<Record<RequestClass, RegExp>> = {
  bug: /\b(?:bug|fix|broken|wrong|crash\w*|error|fail\w*|regression)\b/i,
  feature: /\b(?:add|new|feature|support|option|allow|make it possible)\b/i,
  chore: /\b(?:chore|rename|upgrade|update|docs?|document\w*|clean\w*|refactor\w*|note)\b/i,
};

/** By keywords, in the order bug, feature, chore; a request with none of them is a chore. */
export function classOf(request: string): RequestClass {
  return REQUEST_CLASSES.find((requestClass) => KEYWORDS[requestClass].test(request)) ?? 'chore';
}

function tagged(prompt: string, tag: string): string | null {
  const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(prompt)?.[1]?.trim();
  return text === undefined || text === '' ? null : text;
}

function isInside(path: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => part === '..' || part === '.git');
}
