import { fittingValue } from './structured.ts';
import type { Answer, Scenario } from './reply.ts';

/** The roles of the shipped prompts (`commands/`), as one tells them by their first words. */
const ROLES = [
  ['classifier', /^You sort requests to change a software repository/],
  ['planner', /^You plan (?:the fix of a bug|upkeep|a new feature) in the repository/],
  ['plan_finder', /^An agent was asked to write a plan into a Markdown file/],
  ['implementor', /^You carry out a plan in the repository/],
] as const;

export type Role = (typeof ROLES)[number][0];

/** The role that a prompt gives to the agent, or null for one that is not of this product. */
export function roleOf(prompt: string): Role | null {
  return ROLES.find(([, opening]) => opening.test(prompt))?.[0] ?? null;
}

/** The file that the implementor of `work-order` adds, and what stands in it. */
export const WRITTEN_FILE = { path: 'hello.txt', content: 'Hello from a scripted model.\n' };

const COMMIT_MESSAGE = 'Add a greeting\n\nThe request asked for one.';
const REPORT = `The file ${WRITTEN_FILE.path} was added, and git status shows it.`;

/** A whole work order: each role of the shipped prompts does its part with the tools that its program offers. */
export const workOrder: Scenario = ({ prompt, turn, schema }) => {
  const planFile = between(prompt, 'plan_file') ?? 'specs/plan.md';
  switch (roleOf(prompt)) {
    case 'classifier':
      return final({ text: '/feature' });
    case 'planner':
      if (turn === 0)
        return { thinking: 'First I look around.', text: 'I look at the repository.', actions: [{ run: 'ls' }] };
      if (turn === 1)
        return { text: 'I write the plan.', actions: [{ write: { path: planFile, content: plan(prompt) } }] };
      return final({ text: `The plan is in ${planFile}. A file with a greeting is going to be added.` });
    case 'plan_finder':
      return final({ text: planNamedIn(prompt) });
    case 'implementor':
      if (turn === 0) {
        const thinking = 'The plan wants one file.';
        return { thinking, text: 'I add the file.', actions: [{ write: WRITTEN_FILE }] };
      }
      if (turn === 1) return { text: 'I check what has changed.', actions: [{ run: 'git status --short' }] };
      return final({ text: `${REPORT}\n\nCommit message:\n${COMMIT_MESSAGE}` });
    case null:
      return final({ text: 'ok' });
  }

  function final({ text }: { readonly text: string }): Answer {
    return schema === null ? { text } : { text, json: fittingValue(schema, (name) => known(name, text)) };
  }

  /** What a structured answer says in a property of this name. */
  function known(name: string, text: string): unknown {
    if (/commit/i.test(name)) return COMMIT_MESSAGE;
    if (/title|subject/i.test(name)) return 'Add a greeting';
    if (/path|file/i.test(name)) return roleOf(prompt) === 'plan_finder' ? text : planFile;
    if (/class|kind|type|category/i.test(name)) return 'feature';
    if (/change_?needed/i.test(name)) return true;
    return roleOf(prompt) === 'implementor' ? REPORT : text;
  }
};

function plan(prompt: string): string {
  const request = between(prompt, 'request') ?? '';
  return [
    '# Feature: Add a greeting',
    '',
    '## What the user gets',
    '',
    `A greeting, as asked for: ${request.split('\n', 1)[0] ?? ''}`,
    '',
    '## Steps',
    '',
    `1. Add \`${WRITTEN_FILE.path}\`.`,
    '',
    '## Validation commands',
    '',
    '```',
    'git status --short',
    '```',
    '',
  ].join('\n');
}

/** The plan among the files that have changed, as the plan finder is told them. */
function planNamedIn(prompt: string): string {
  const changed = (between(prompt, 'changed_files') ?? '').split('\n').map((line) => line.trim());
  return changed.find((path) => path.endsWith('.md')) ?? 'none';
}

function between(text: string, tag: string): string | null {
  return new RegExp(`<${tag}>\\s*([\\s\\S]*?)\\s*</${tag}>`).exec(text)?.[1] ?? null;
}
