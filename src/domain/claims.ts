import type { Answered } from './answers.ts';
import { fieldsOf, textField } from './answers.ts';

/**
 * What an agent says there is now, where it says so in a form that is meant as such: a field of its answer, or a line of
 * its own. What its prose mentions is no claim, so that nobody fails for a turn of phrase.
 */
export interface Claims {
  /** The plan file that it has written; null where it names none. */
  readonly plan: string | null;
  /** Files that it has added or changed. */
  readonly files: readonly string[];
  /** Commits that it has made. */
  readonly commits: readonly string[];
  /** Branches that it has pushed. */
  readonly branches: readonly string[];
}

/** More than these of a kind are not looked at. */
const MAX_CLAIMS = 1_000;

/** What an answer claims; nothing where it has no such form. */
export function claimsOf({ output, answer }: Answered): Claims {
  const fields = answer ?? fieldsOf(output);
  return {
    plan: textField(fields, 'plan_path'),
    files: first([...textsField(fields, 'files_changed'), ...listedFiles(output)]),
    commits: first([...lineOf(output, 'commit', /[0-9a-f]{7,64}/)]),
    branches: first([...lineOf(output, 'pushed(?: branch)?', /[\w./-]+/)]),
  };
}

/**
 * The path of a claimed file from the root of the working copy; null for what says nothing about it: another folder, a
 * pattern, words.
 */
export function claimedPath(claim: string, directory: string): string | null {
  const inside = claim.startsWith(`${directory}/`) ? claim.slice(directory.length + 1) : claim;
  const path = inside.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  const isPath = path !== '' && !/^[/~]|[*?{}<>|\n]|^[a-z]+:\/\//i.test(path);
  return isPath && !path.split('/').includes('..') ? path : null;
}

/** The bullets below a line `Files changed:`; what is told as gone is no claim of a file that is there. */
function listedFiles(report: string): readonly string[] {
  const lines = report.split('\n');
  const start = lines.findLastIndex((line) => /^[\s>*#_]*files changed[\s*_]*:[\s*_]*$/i.test(line));
  if (start === -1) return [];
  const bullets = lines.slice(start + 1).filter((line, index) => index > 0 || line.trim() !== '');
  const end = bullets.findIndex((line) => !/^\s*[-*+]\s/.test(line));
  return (end === -1 ? bullets : bullets.slice(0, end)).flatMap((line) => {
    const match = /^\s*[-*+]\s+(?:`([^`]+)`|(\S*[./]\S*?))(?::|,)?(?:\s+(.*))?$/.exec(line);
    const path = match?.[1] ?? match?.[2];
    return path === undefined || /\b(?:delet|remov|renam|moved)/i.test(match?.[3] ?? '') ? [] : [path];
  });
}

/** The values of lines that are nothing but `name: value`. */
function lineOf(report: string, name: string, value: RegExp): readonly string[] {
  const line = new RegExp(`^[\\s>*_-]*${name}[\\s*_]*:[\\s*_\`]*(${value.source})[\\s*_\`.]*$`, 'gim');
  return [...report.matchAll(line)].map((match) => match[1] ?? '');
}

function textsField(value: unknown, name: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const field: unknown = new Map<string, unknown>(Object.entries(value)).get(name);
  return Array.isArray(field) ? field.filter((each): each is string => typeof each === 'string') : [];
}

function first(claims: readonly string[]): readonly string[] {
  return [...new Set(claims)].slice(0, MAX_CLAIMS);
}
