// An agent that behaves as the first line of its prompt says: `behave: WORD [NUMBER]`. With `--output-format` among its
// arguments it speaks the stream of Claude Code, as `exec` that of Codex, else plain text; with `--input-format` the prompt
// is a message of that stream.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const args = process.argv.slice(2);
const streams = args.includes('--output-format');
const codex = args[0] === 'exec';
const prompt = await (args.includes('--input-format') ? firstMessage() : text(process.stdin));
const [, word, number] = /^behave: ([\w-]+) ?(\d*)/.exec(prompt) ?? [];

/** The input stays open: it holds a conversation. */
async function firstMessage() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { type, message } = JSON.parse(line);
    if (type !== 'user') continue;
    // Listened to, it would keep the program alive.
    process.stdin.destroy();
    return message.content[0].text;
  }
}

function write(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function writeCodex(type, fields) {
  write(JSON.stringify({ type, ...fields }));
}

function say(words) {
  if (codex) return writeCodex('item.completed', { item: { id: 'item_0', type: 'agent_message', text: words } });
  const content = [{ type: 'text', text: words }];
  write(streams ? JSON.stringify({ type: 'assistant', session_id: 'session-1', message: { content } }) : words);
}

function answer(words) {
  if (!streams && !codex) return write(words);
  const usage = { input_tokens: 7, output_tokens: 5 };
  if (codex) {
    say(words);
    return writeCodex('turn.completed', { usage });
  }
  const fields = { subtype: 'success', is_error: false, session_id: 'session-1', total_cost_usd: 0.5, usage };
  write(JSON.stringify({ type: 'result', ...fields, result: words }));
}

const forEver = () => new Promise(() => setInterval(() => {}, 60_000));

const behaviours = {
  answer() {
    say('thinking about it');
    answer('the answer');
  },
  environment() {
    answer(JSON.stringify({ env: process.env, args, cwd: process.cwd() }));
  },
  crash() {
    say('so far');
    process.stderr.write('first words\nlast words\n');
    process.exitCode = 3;
  },
  die() {
    say('so far');
    process.kill(process.pid, 'SIGKILL');
    return forEver();
  },
  silent: forEver,
  'fall-silent'() {
    say('so far');
    return forEver();
  },
  talk() {
    setInterval(() => say('still here'), 20);
    return forEver();
  },
  /** Does not end when asked to, and has a child in a session of its own. */
  stubborn() {
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},60000)'], {
      stdio: 'ignore',
      detached: true,
    });
    child.on('spawn', () => say(`pids ${process.pid} ${child.pid}`));
    return forEver();
  },
  /** Lines of a thousand characters, then a crash. */
  flood() {
    const line = 'x'.repeat(999);
    for (let lines = 0; lines < Number(number); lines += 1) say(line);
    say('the end of the flood');
    process.exitCode = 3;
  },
  /** One line of so many characters, then an answer. */
  'long-line'() {
    say('y'.repeat(Number(number)));
    answer('the answer');
  },
  /** Gives its answer and does not end. */
  linger() {
    answer('the answer');
    return forEver();
  },
};
if (codex) {
  writeCodex('thread.started', { thread_id: 'session-1' });
  writeCodex('turn.started', {});
}
await behaviours[word]();
