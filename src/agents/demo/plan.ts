import type { RequestClass } from '../../domain/naming.ts';
import type { Change } from './change.ts';

/** The plan file of the demo agent: the same parts as the plans of the real prompts, shorter. */
export function planMarkdown({
  change,
  request,
  requestClass,
}: {
  readonly change: Change;
  readonly request: string;
  readonly requestClass: RequestClass;
}): string {
  const paths = [...new Set(change.edits.map((edit) => edit.path))];
  const quoted = request
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
  return `# ${change.title}

A plan for a ${requestClass}, written by the demo agent of Agent Work Orders: by rule, without a model.

## Request

${quoted}

## What will change

${change.summary}

## Steps

${paths.map((path, index) => `${index + 1}. Change \`${path}\`.`).join('\n')}
${paths.length + 1}. Run the tests.

## Validation commands

- \`node --test\`

## Acceptance

- ${change.summary}
- All tests pass.
`;
}
