// An agent that speaks the Agent Client Protocol and behaves as the first line of its prompt says: `behave: WORD [NUMBER]`.
// Before there is a prompt it behaves as ACP_OPENING says: `hold-session`, `error CODE MESSAGE`, `version N`.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const SESSION = 'session-1';
const [opening = '', ...openingWords] = (process.env.ACP_OPENING ?? '').split(' ');
const waiting = new Map();
let lastId = 0;
let promptId = null;
let onCancel = () => {};

function writeLine(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const send = (message) => writeLine(JSON.stringify({ jsonrpc: '2.0', ...message }));
const reply = (id, result) => send({ id, result });
const refuse = (id, code, message, data) => send({ id, error: { code, message, data } });
const update = (kind, fields) =>
  send({ method: 'session/update', params: { sessionId: SESSION, update: { sessionUpdate: kind, ...fields } } });
const say = (text, fields = {}) => update('agent_message_chunk', { content: { type: 'text', text }, ...fields });
const usage = { inputTokens: 7, outputTokens: 5, totalTokens: 12 };
const end = (stopReason = 'end_turn', fields = { usage }) => reply(promptId, { stopReason, ...fields });
const forEver = () => setInterval(() => {}, 60_000);

function ask(method, params) {
  lastId += 1;
  send({ id: lastId, method, params });
  return new Promise((resolve) => waiting.set(lastId, resolve));
}

const options = [
  { optionId: 'yes', kind: 'allow_once', name: 'Yes' },
  { optionId: 'no', kind: 'reject_once', name: 'No' },
];

const behaviours = {
  answer() {
    say('thinking about it\n');
    update('tool_call', {
      toolCallId: '1',
      title: 'ls',
      kind: 'execute',
      status: 'in_progress',
      rawInput: { command: 'ls' },
    });
    update('tool_call_update', { toolCallId: '1', status: 'completed', rawOutput: 'a.txt' });
    say('the ');
    say('answer');
    end();
  },
  environment() {
    say(JSON.stringify({ env: process.env, args: process.argv.slice(2), cwd: process.cwd() }));
    end();
  },
  crash() {
    say('so far');
    process.stderr.write('first words\nlast words\n');
    process.exit(3);
  },
  die() {
    say('so far');
    process.kill(process.pid, 'SIGKILL');
  },
  silent: forEver,
  'fall-silent'() {
    say('so far\n');
    forEver();
  },
  talk() {
    setInterval(() => say('still here\n'), 20);
  },
  /** Does not end when asked to, in whatever way, and has a child in a session of its own. */
  stubborn() {
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},60000)'], {
      stdio: 'ignore',
      detached: true,
    });
    child.on('spawn', () => say(`pids ${process.pid} ${child.pid}\n`));
    forEver();
  },
  flood(lines) {
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < lines; count += 1) say(line);
    say('the end of the flood\n');
    process.exit(3);
  },
  /** A message in so many pieces. */
  pieces(count) {
    for (let piece = 0; piece < count; piece += 1) say(piece % 10 === 9 ? 'piece\n' : 'piece ');
    say('the answer');
    end();
  },
  'long-line'(characters) {
    say('y'.repeat(characters));
    update('tool_call', { toolCallId: '1', title: 'ls', kind: 'execute', status: 'completed' });
    say('the answer');
    end();
  },
  linger() {
    say('the answer');
    end();
    forEver();
  },
  nothing: () => end(),
  stop: (_number, reason) => {
    say('so far\n');
    end(reason);
  },
  error(_number, code, ...words) {
    refuse(promptId, Number(code), words.join(' '));
  },
  /** What codex-acp does with a failure of its model. */
  'error-as-text'() {
    say('exceeded retry limit, last status: 429 Too Many Requests\n\n');
    end('end_turn', { usage: null });
  },
  garbage() {
    writeLine('Loading extensions…');
    writeLine('{"jsonrpc":"2.0","id":77,"result":{}}');
    writeLine('[1,2');
    writeLine('{"jsonrpc":"2.0","method":"session/update","params":{"update":7}}');
    say('the answer');
    end();
  },
  /** Answers when its turn is cancelled, as a good agent does. */
  'wait-for-cancel'() {
    say('waiting\n');
    onCancel = () => {
      say('cancelled');
      end('cancelled');
    };
  },
  async permission(_number, kind) {
    const toolCall = {
      toolCallId: '1',
      title: 'Write a.txt',
      kind,
      status: 'pending',
      rawInput: { file_path: 'a.txt' },
    };
    const { outcome } = await ask('session/request_permission', { sessionId: SESSION, toolCall, options });
    say(JSON.stringify(outcome));
    end();
  },
  /** A question whose options are behind what fits into a line. */
  async 'huge-permission'() {
    const toolCall = {
      toolCallId: '1',
      title: 'Write a.txt',
      kind: 'edit',
      rawInput: { content: 'z'.repeat(2_000_000) },
    };
    const { outcome } = await ask('session/request_permission', { sessionId: SESSION, toolCall, options });
    say(JSON.stringify(outcome));
    end();
  },
  async request(_number, method) {
    const { error } = await ask(method, { sessionId: SESSION, path: '/etc/passwd', content: 'x' });
    say(`${error.code} ${error.message}`);
    end();
  },
};

const capabilities = {
  loadSession: true,
  sessionCapabilities: process.env.ACP_RESUMES ? { resume: {}, fork: {} } : {},
};
const modes = {
  currentModeId: 'auto',
  availableModes: [{ id: 'auto' }, { id: 'default' }, { id: 'free' }],
};
const configOptions = [
  { id: 'model', category: 'model', currentValue: 'm1', options: [{ value: 'm1' }, { value: 'm2', name: 'Model 2' }] },
];
const set = [];

const methods = {
  initialize(id) {
    if (opening === 'error') return refuse(id, Number(openingWords[0]), openingWords.slice(1).join(' '));
    const protocolVersion = opening === 'version' ? Number(openingWords[0]) : 1;
    const authMethods = [{ id: 'browser' }, { id: 'key', type: 'env_var', vars: [{ name: 'AGENT_KEY' }] }];
    reply(id, { protocolVersion, agentCapabilities: capabilities, authMethods });
  },
  authenticate(id, { methodId }) {
    set.push(`authenticate ${methodId}`);
    reply(id, {});
  },
  'session/new'(id) {
    if (opening === 'hold-session') {
      process.stderr.write('asked for a session\n');
      return;
    }
    if (opening === 'locked' && !set.includes('authenticate key'))
      return refuse(id, -32_000, 'Authentication required');
    reply(id, { sessionId: SESSION, modes, configOptions });
  },
  'session/load'(id, { sessionId }) {
    set.push(`load ${sessionId}`);
    if (sessionId !== SESSION) return refuse(id, -32_603, 'no such session');
    say('what was said before\n');
    update('usage_update', { used: 1, size: 2, cost: { amount: 1, currency: 'USD' } });
    reply(id, { modes, configOptions });
  },
  'session/resume'(id, { sessionId }) {
    set.push(`resume ${sessionId}`);
    reply(id, { modes, configOptions });
  },
  'session/fork'(id, { sessionId }) {
    set.push(`fork ${sessionId}`);
    reply(id, { sessionId: 'session-2', modes, configOptions });
  },
  'session/set_mode'(id, { modeId }) {
    set.push(`mode ${modeId}`);
    reply(id, {});
  },
  'session/set_config_option'(id, { configId, value }) {
    set.push(`${configId} ${value}`);
    reply(id, {});
  },
  'session/prompt'(id, { sessionId, prompt }) {
    promptId = id;
    const [, word, rest = ''] = /^behave: ([\w-]+) ?(.*)/.exec(prompt[0].text) ?? [];
    if (word === 'tell-settings') {
      send({
        method: 'session/update',
        params: {
          sessionId,
          update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: set.join(', ') } },
        },
      });
      update('usage_update', { used: 1, size: 2, cost: { amount: 3, currency: 'USD' } });
      return end();
    }
    const words = rest.split(' ');
    return behaviours[word](Number(words[0]), ...words);
  },
  'session/cancel': () => onCancel(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    waiting.get(id)?.(error === undefined ? result : { error });
  } else {
    void methods[method]?.(id, params);
  }
}
// Its input has ended. What is still to be done keeps it alive.
