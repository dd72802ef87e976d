import { oneLine } from '../text.ts';

/** One of the changes that the demo agent can make to its sample: fixed edits, known by keywords in the request. */
export interface Change {
  readonly title: string;
  /** What the change comes to, for the plan and the report. */
  readonly summary: string;
  readonly edits: readonly Edit[];
  readonly commitMessage: string;
}

/** Replaces `find`, which must be there once, by `replace`; or adds `append` at the end, making the file if need be. */
export type Edit =
  | { readonly path: string; readonly find: string; readonly replace: string }
  | { readonly path: string; readonly append: string };

export function changeFor(request: string): Change {
  if (/\bshout|\bloud|\bupper[ -]?case|\bcapital/i.test(request)) return SHOUT;
  if (/hello, !|\b(?:empty|no|without|missing)\b.{0,20}\bname\b|\bname\b.{0,20}\b(?:empty|missing)\b/i.test(request)) {
    return NAMELESS;
  }
  return note(request);
}

const SHOUT: Change = {
  title: 'Add a --shout option',
  summary: 'The option --shout makes the greeting upper case.',
  edits: [
    {
      path: 'src/greet.js',
      find: `/** The greeting for one person. */
export function greet(name) {
  return \`Hello, \${name}!\`;
}
`,
      replace: `/** The greeting for one person; in upper case when it is to be shouted. */
export function greet(name, { shout = false } = {}) {
  const greeting = \`Hello, \${name}!\`;
  return shout ? greeting.toUpperCase() : greeting;
}
`,
    },
    {
      path: 'src/cli.js',
      find: "    help: { type: 'boolean' },\n",
      replace: "    help: { type: 'boolean' },\n    shout: { type: 'boolean' },\n",
    },
    { path: 'src/cli.js', find: '[--help] NAME', replace: '[--help] [--shout] NAME' },
    {
      path: 'src/cli.js',
      find: "greet(positionals.join(' '))",
      replace: "greet(positionals.join(' '), { shout: values.shout })",
    },
    {
      path: 'test/greet.test.js',
      append: `
test('shouts when asked to', () => {
  assert.equal(greet('Ada', { shout: true }), 'HELLO, ADA!');
  assert.equal(run('--shout', 'Ada'), 'HELLO, ADA!\\n');
});
`,
    },
    {
      path: 'README.md',
      find: '- `--help`: shows how to call it\n',
      replace: '- `--help`: shows how to call it\n- `--shout`: greets in upper case\n',
    },
  ],
  commitMessage: `feat: add a --shout option

It makes the greeting upper case, on the command line and in greet().`,
};

const NAMELESS: Change = {
  title: 'Greet the world when there is no name',
  summary: 'Without a name the greeting was "Hello, !"; now it is "Hello, world!".',
  edits: [
    {
      path: 'src/greet.js',
      find: 'return `Hello, ${name}!`;', // oxlint-disable-line no-template-curly-in-string -- it is the text of a file
      replace: "return `Hello, ${name || 'world'}!`;", // oxlint-disable-line no-template-curly-in-string
    },
    {
      path: 'test/greet.test.js',
      append: `
test('greets the world when there is no name', () => {
  assert.equal(greet(''), 'Hello, world!');
  assert.equal(run(), 'Hello, world!\\n');
});
`,
    },
  ],
  commitMessage: `fix: greet the world when there is no name

The greeting was "Hello, !".`,
};

function note(request: string): Change {
  const line = oneLine(request, 200);
  return {
    title: 'Note the request',
    summary: 'The demo agent has no rule for this request, so it only notes it in NOTES.md.',
    edits: [{ path: 'NOTES.md', append: `- ${line}\n` }],
    commitMessage: `chore: note a request

${line}`,
  };
}
