// An agent that talks when it is told to: short lines of the kinds that agents print, each with the moment it was made.
// Arguments: a folder, and how many lines a round. A round begins when `round-N` appears in the folder, counted from 1, in
// which stands how many lines a second (0 for as fast as they are taken); `end` lets it give up. With `--output-format`
// among its arguments it speaks the stream of Claude Code, else plain text.
import { existsSync, readFileSync, watch, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder, lines] = process.argv.slice(2);
const streams = process.argv.includes('--output-format');
/** How many lines are made and written together, when they are to come as fast as they are taken. */
const TOGETHER = 16;
const PAUSE_MS = 20;

/** Where the moment goes. */
const MOMENT = '@0';
const SESSION = '5f0c6a0e-3d0b-4b63-9d3a-0c5b5a3a1f10';
const TEXTS = [
  `I look at the files of part 3 first ${MOMENT}`,
  `src/part-3/file-17.ts:42: const total = rows.length; ${MOMENT}`,
  `The test fails because the list is empty, so I begin there ${MOMENT}`,
  `12 tests passed in 340 ms ${MOMENT}`,
];

function assistant(content) {
  const usage = { input_tokens: 1200, cache_read_input_tokens: 300, output_tokens: 21, service_tier: 'standard' };
  const message = { id: 'msg_000017', type: 'message', role: 'assistant', model: 'model-1', content: [content] };
  return { type: 'assistant', message: { ...message, stop_reason: null, usage }, parent_tool_use_id: null };
}

function toolResult(content) {
  const block = { tool_use_id: 'toolu_000017', type: 'tool_result', content };
  return { type: 'user', message: { role: 'user', content: [block] }, parent_tool_use_id: null };
}

const STREAM = [
  assistant({ type: 'text', text: TEXTS[0] }),
  assistant({
    type: 'tool_use',
    id: 'toolu_000017',
    name: 'Bash',
    input: { command: `npm test ${MOMENT}`, description: 'Run the tests' },
  }),
  toolResult(TEXTS[3]),
  assistant({ type: 'text', text: TEXTS[2] }),
].map((line) => JSON.stringify({ ...line, session_id: SESSION, uuid: '0f1edca2-1743-4b00-bf4f-ea09d2c9e1b8' }));

const templates = (streams ? STREAM : TEXTS).map((line) => `${line}\n`.split(MOMENT));
let next = 0;

function write(count) {
  const moment = `@${(Number(process.hrtime.bigint()) / 1e6).toFixed(3)}`;
  let text = '';
  for (let line = 0; line < count; line += 1) {
    text += templates[next].join(moment);
    next = (next + 1) % templates.length;
  }
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

async function talk(perSecond) {
  const begunMs = performance.now();
  for (let written = 0; written < Number(lines);) {
    const due = perSecond === 0 ? TOGETHER : Math.ceil(((performance.now() - begunMs) * perSecond) / 1000) - written;
    const count = Math.min(due, lines - written);
    if (count > 0) write(count);
    written += Math.max(count, 0);
    if (perSecond > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Resolves with the pace of a round, or with null at the end; a watcher may miss what happened before it. */
function told(round) {
  return new Promise((resolve) => {
    const watcher = watch(folder, look);
    look();
    function look() {
      const file = join(folder, `round-${round}`);
      const begins = existsSync(file);
      if (!begins && !existsSync(join(folder, 'end'))) return;
      watcher.close();
      resolve(begins ? Number(readFileSync(file, 'utf8')) : null);
    }
  });
}

writeFileSync(join(folder, `ready-${process.pid}`), '');
for (let round = 1; ; round += 1) {
  const pace = await told(round);
  if (pace === null) break;
  await talk(pace);
}
process.exitCode = 3;
