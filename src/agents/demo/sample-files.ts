/** Marks a working copy of the sample; the demo agent touches nothing without it. */
export const SAMPLE_MARKER = '.awo-sample';

/** The sample: a tiny greeter with tests, and with one real bug. Same text, same commit. */
export const SAMPLE_FILES: Readonly<Record<string, string>> = {
  [SAMPLE_MARKER]: `This is the sample repository of Agent Work Orders. Its demo agent works on nothing else.
`,
  'README.md': `# Greeter

Says hello.

\`\`\`
node src/cli.js Ada        # Hello, Ada!
\`\`\`

## Options

- \`--help\`: shows how to call it

## Tests

\`\`\`
node --test
\`\`\`
`,
  'package.json': `{
  "name": "greeter",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "bin": { "greet": "src/cli.js" },
  "scripts": { "test": "node --test" }
}
`,
  'src/greet.js': `/** The greeting for one person. */
export function greet(name) {
  return \`Hello, \${name}!\`;
}
`,
  'src/cli.js': `#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { greet } from './greet.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
  },
});

if (values.help) {
  console.log('Usage: greet [--help] NAME');
} else {
  console.log(greet(positionals.join(' ')));
}
`,
  'test/greet.test.js': `import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { greet } from '../src/greet.js';

function run(...args) {
  return execFileSync(process.execPath, ['src/cli.js', ...args], { encoding: 'utf8' });
}

test('greets by name', () => {
  assert.equal(greet('Ada'), 'Hello, Ada!');
});

test('the command greets by name', () => {
  assert.equal(run('Ada', 'Lovelace'), 'Hello, Ada Lovelace!\\n');
});
`,
};
