// An agent for tests, run as `--agent command`: does by rule what each step wants, and can be held open from outside.
// AGENT_GATE: a folder; a step goes on when a file with its name appears there. AGENT_TOKEN: a word among the arguments
// of each of its processes, to find them by. AGENT_FAIL: a step that ends with exit code 3; so does one for which the
// gate has a file `fail-STEP`. AGENT_NO_CHANGE: implement
// changes nothing and says why (`reason`) or does not (`silent`). AGENT_LEAVES: its tool is left alive when it ends.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const {
  AWO_STEP: step,
  AGENT_GATE: gate,
  AGENT_TOKEN: token,
  AGENT_FAIL: fail,
  AGENT_NO_CHANGE: noChange,
  AGENT_LEAVES: leaves,
} = process.env;
const prompt = readFileSync(0, 'utf8');

// A tool of the agent: it must not outlive it either.
const tool = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', `tool ${token}`], { stdio: 'ignore' });
if (!leaves) process.on('exit', () => tool.kill());

console.error(`working on ${step}`);
if (gate) await opened(join(gate, step));
if (fail === step || (gate && existsSync(join(gate, `fail-${step}`)))) {
  console.error('this step is told to fail');
  process.exit(3);
}
if (step === 'classify') console.log('The class is: **/chore**.');
if (step === 'plan') plan();
if (step === 'implement') implement();
process.exit(0);

function plan() {
  const path = /specs\/[\w.-]+\.md/.exec(prompt)[0];
  mkdirSync('specs', { recursive: true });
  writeFileSync(path, '# Chore: Keep a list\n\nAppend a line to list.txt.\n');
  console.log(`The plan is in ${path}.`);
}

function implement() {
  if (noChange === 'reason') return console.log('No change needed: the list is complete.');
  if (noChange === 'silent') return console.log('All done.');
  appendFileSync('list.txt', 'one more line\n');
  console.log('I added a line.\n\nCommit message: chore: keep a list');
}

/** Resolves when the file is there; a watcher may miss what happened before it, so that it looks after starting. */
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
