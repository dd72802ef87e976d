// An agent that tells secrets wherever it can. CANARIES: JSON of name and value. The request says how it behaves:
// `behave: write` puts them into its plan and a file too, `behave: crash` ends with one cut at the edge of its last words.
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { AWO_STEP: step, AGENT_GATE: gate, CANARIES = '{}' } = process.env;
const canaries = Object.entries(JSON.parse(CANARIES));
const prompt = readFileSync(0, 'utf8');
const [, behaviour = ''] = /behave: (\w+)/.exec(prompt) ?? [];
const base64 = (text) => Buffer.from(text).toString('base64');
const base64url = (text) => Buffer.from(text).toString('base64url');
let said = 0;

function say(line) {
  said += line.length + 1;
  writeFileSync(1, `${line}\n`);
}

const tellings = (value) => [
  `plain ${value} and on`,
  JSON.stringify({ nested: JSON.stringify({ value }) }),
  `https://host/?a=${encodeURIComponent(value)}`,
  `https://user:${encodeURIComponent(value)}@host/`,
  base64(value),
  base64(`:${value}:`),
  base64(`me:${value};`),
  base64url(`x:${value};`),
  base64(`a long beginning of some words and then ${value}`).replaceAll(/(.{40})/g, '$1\n'),
  `${value.slice(0, 11)}\n${value.slice(11)}`,
  ...(value.match(/[^]{1,3}/g) ?? []),
  `Authorization: Bearer ${value.replaceAll(/\s/g, '')}`,
];

if (canaries.some(([, value]) => prompt.includes(value))) {
  console.error('the prompt tells a secret');
  process.exit(4);
}
for (const [, value] of canaries) {
  for (const line of tellings(value)) {
    say(line);
    writeFileSync(2, `${line}\n`);
  }
}
const [, first] = canaries[0];
// Cut where the log cuts a message, where the service cuts a line, and where the history cuts an output.
writeFileSync(2, `${'y'.repeat(64 * 1024 - 10)}${first} and on\n`);
writeFileSync(2, `${'y'.repeat(1024 * 1024 - 10)}${first} and on\n`);
if (said < 64 * 1024) say(`${'z'.repeat(64 * 1024 - 10 - said)}${first} and on`);

if (behaviour === 'crash') {
  writeFileSync(2, `${first}${'w'.repeat(4096 - 20)}\n`);
  process.exit(3);
}
if (step === 'classify') say('The class is: **/chore**.');
if (step === 'plan') {
  const path = /specs\/[\w.-]+\.md/.exec(prompt)[0];
  mkdirSync('specs', { recursive: true });
  const told = behaviour === 'write' ? canaries.map(([, value]) => value).join('\n') : 'Nothing to hide.';
  writeFileSync(path, `# Chore: Keep a list\n\nAppend a line to list.txt.\n\n${told}\n`);
  say(`The plan is in ${path}.`);
}
if (step === 'implement') {
  appendFileSync('list.txt', 'one more line\n');
  if (behaviour === 'write') writeFileSync('settings.txt', canaries.map(([, value]) => `value = ${value}\n`).join(''));
  if (gate) {
    say(`at the gate with ${first.slice(0, 20)}`);
    await opened(join(gate, 'implement'));
  }
  const values = canaries.map(([, value]) => value.replaceAll('\n', ' ')).join(' ');
  say(`\nPull request title: A list ${values}\n\nCommit message: chore: keep a list ${values}\n\nwith ${values}`);
}

function opened(file) {
  return new Promise((resolve) => {
    const watcher = watch(join(file, '..'), look);
    look();
    function look() {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    }
  });
}
