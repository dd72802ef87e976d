// An agent for tests, run as `--agent command`: does by rule what each step wants, and can be held open from outside.
// AGENT_GATE: a folder; a step goes on when a file with its name appears there. AGENT_TOKEN: a word among the arguments
// of each of its processes, to find them by. AGENT_FAIL: a step that ends with exit code 3; so does one for which the
// gate has a file `fail-STEP`. AGENT_NO_CHANGE: implement
// changes nothing and says why (`reason`) or does not (`silent`); with `again` it does so once it has something to mend. With `--output-format` among its arguments it speaks the
// stream of Claude Code, keeps its sessions, and says `turn N of STEP` in each further turn of one. What messages say is
// added to the list. AGENT_SPENDS: `STEP:TOKENS`, told at the beginning of that step. `--max-budget-usd` holds it.
// AGENT_STOPS: implement adds its line and then meets a limit (`limited`), dies (`crashed`) or falls silent (`idle`), unless it is told of work that
// was begun. AGENT_LISTENS: it then also hears messages in the middle of a turn: `takes` them, only `queues` them,
// or `dies` of them. AGENT_LEAVES: its tool is left alive when it ends. AGENT_PLANS: what the planner answers in place of
// writing a plan. AGENT_FINDS: what the plan finder answers. AGENT_SAYS: what the report of implement ends with, `$HEAD`
// in it being the commit where it stands.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const {
  AWO_STEP,
  AGENT_GATE: gate,
  AGENT_TOKEN: token,
  AGENT_FAIL: fail,
  AGENT_NO_CHANGE: noChange,
  AGENT_LEAVES: leaves,
  AGENT_SPENDS: spends,
  AGENT_FINDS: finds,
  AGENT_PLANS: plans,
  AGENT_SAYS: says,
  AGENT_LISTENS: listens,
  AGENT_STOPS: stops,
} = process.env;
const args = new Set(process.argv.slice(2));
if (args.has('--version')) {
  console.log('2.1.330 (Claude Code)');
  process.exit(0);
}
const streams = args.has('--output-format');
/** What was said to it in the middle of a turn. */
let heard = '';
const prompt = streams ? await firstMessage() : readFileSync(0, 'utf8');
const sessionFile = join(process.env.CLAUDE_CONFIG_DIR ?? '', 'session.json');
const resumed = args.has('--resume') ? JSON.parse(readFileSync(sessionFile, 'utf8')) : null;
const turn = (resumed?.turn ?? 0) + 1;
const step = AWO_STEP ?? (prompt.startsWith('While you were at work') ? resumed.step : stepOf(prompt));
if (streams) {
  writeFileSync(sessionFile, JSON.stringify({ step, turn }));
  send({ type: 'system', subtype: 'init', session_id: `session-${step}` });
}

// A tool of the agent: it must not outlive it either.
const tool = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', `tool ${token}`], { stdio: 'ignore' });
if (!leaves) process.on('exit', () => tool.kill());

const [spender, spent] = (spends ?? '').split(':');
if (spender === step) {
  const message = { id: `call-of-${step}`, content: [], usage: { input_tokens: Number(spent) } };
  send({ type: 'assistant', session_id: `session-${step}`, message });
}
console.error(`working on ${step}`);
if (gate) await opened(join(gate, turn === 1 ? step : `${step}-${turn}`));
if (fail === step || (gate && existsSync(join(gate, `fail-${step}`)))) {
  console.error('this step is told to fail');
  process.exit(3);
}
const isTold = prompt.includes('## Work that was begun');
if (turn > 1 && !isTold) goOn();
else if (step === 'classify') answer('The class is: **/chore**.');
else if (step === 'plan') plan();
else if (step === 'find_plan') answer(finds ?? 'none');
else if (step === 'implement') await implement();
process.exit(0);

function goOn() {
  addMessages();
  answer(`turn ${turn} of ${step}\n\nCommit message: chore: keep a list`);
}

function addMessages() {
  if (step !== 'implement') return;
  for (const [, text] of `${prompt}${heard}`.matchAll(/<message>\n(.*)\n<\/message>/g))
    appendFileSync('list.txt', `${text}\n`);
}

function answer(text) {
  if (!streams) return console.log(text);
  const usage = { input_tokens: 7, output_tokens: 5 };
  const budget = process.argv.indexOf('--max-budget-usd');
  const left = budget < 0 ? 1 : Number(process.argv[budget + 1]);
  if (left < 0.5) {
    const result = { subtype: 'error_max_budget_usd', is_error: true, session_id: `session-${step}` };
    return send({ type: 'result', ...result, total_cost_usd: left, usage });
  }
  const fields = {
    subtype: 'success',
    is_error: false,
    session_id: `session-${step}`,
    total_cost_usd: 0.5 * turn,
    usage,
  };
  send({ type: 'assistant', session_id: `session-${step}`, message: { content: [{ type: 'text', text }] } });
  send({ type: 'result', ...fields, result: text });
}

function send(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

function stepOf(text) {
  if (text.startsWith('You carry out a plan')) return 'implement';
  return text.includes('specs/') ? 'plan' : 'classify';
}

/** The input stays open: it holds a conversation. */
async function firstMessage() {
  const lines = createInterface({ input: process.stdin });
  const first = Promise.withResolvers();
  let asked = false;
  lines.on('line', (line) => {
    const { type, message, uuid } = JSON.parse(line);
    if (type !== 'user') return;
    const [{ text }] = message.content;
    if (!asked) first.resolve({ text, uuid });
    else hear(text, uuid);
    asked = true;
  });
  const { text, uuid } = await first.promise;
  if (listens) tell(uuid, 'started');
  // Listened to, it would keep the program alive.
  else process.stdin.destroy();
  return text;
}

function tell(uuid, state) {
  send({ type: 'command_lifecycle', command_uuid: uuid, state });
}

function hear(text, uuid) {
  tell(uuid, 'queued');
  if (listens === 'dies') process.exit(3);
  if (listens === 'takes') {
    heard += text;
    tell(uuid, 'started');
  }
  send({ type: 'assistant', message: { content: [{ type: 'text', text: 'I hear you.' }] } });
}

function plan() {
  if (plans !== undefined) return answer(plans);
  const path = /specs\/[\w.-]+\.md/.exec(prompt)[0];
  mkdirSync('specs', { recursive: true });
  writeFileSync(path, '# Chore: Keep a list\n\nAppend a line to list.txt.\n');
  answer(`The plan is in ${path}.`);
}

function implement() {
  if (noChange === 'reason') return answer('No change needed: the list is complete.');
  if (noChange === 'again' && prompt.includes('What has to be mended')) return answer('It is all right as it is.');
  if (noChange === 'silent') return answer('All done.');
  appendFileSync('list.txt', 'one more line\n');
  addMessages();
  if (stops && !isTold) return stop();
  answer(`I added a line.\n\nCommit message: chore: keep a list${says === undefined ? '' : `\n\n${withHead(says)}`}`);
}

function stop() {
  const session_id = `session-${step}`;
  const message = { id: 'call-that-worked', content: [{ type: 'text', text: 'Half of it is done.' }] };
  const usage = { input_tokens: 9, output_tokens: 4 };
  send({ type: 'assistant', session_id, message: { ...message, usage } });
  if (stops === 'idle') return new Promise(() => {});
  if (stops === 'crashed') process.exit(3);
  send({
    type: 'result',
    subtype: 'success',
    is_error: true,
    api_error_status: 429,
    session_id,
    result: 'Please wait.',
  });
  process.exit(1);
}

function withHead(text) {
  if (!text.includes('$HEAD')) return text;
  return text.replace('$HEAD', execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim());
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
