import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogPageSchema } from '../src/contract/logs.ts';
import type { Api } from '../test/suites/api.ts';
import { apiOf } from '../test/suites/api.ts';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import { sharedClockMs } from './measure.ts';
import type { Served } from './served.ts';
import { plainEnvironment, serve } from './served.ts';

const CHATTER = resolve(import.meta.dirname, '../test/programs/chatter.mjs');
const READER = resolve(import.meta.dirname, 'line-reader.mjs');
/** How long a look at one work order is apart from the next: the reader must not be the load that it measures. */
const LOOK_MS = 20;
const READY_MS = 10;

/** What the lines are: plain text of the agent `command`, or the stream of Claude Code. */
export type TalkKind = 'command' | 'claude';

interface TalkRound {
  /** From the word to begin until the last line of all could be read through the API. */
  readonly tookMs: number;
  /** How old the newest entry that could be read was, from the moment that its line was made, at each look. */
  readonly agesMs: readonly number[];
}

/** Agents that wait for a word, and then print a number of lines each. */
interface Talkers extends AsyncDisposable {
  /** How many lines a second each of them prints; 0 for as fast as they are taken. */
  round(linesASecond: number): Promise<TalkRound>;
}

export interface TalkedTo extends AsyncDisposable {
  readonly service: Served;
  /** Starts work orders whose agents talk; resolves when all of them wait for the word. */
  start(input: {
    readonly kind: TalkKind;
    readonly count: number;
    /** Of each agent in each round. */
    readonly lines: number;
  }): Promise<Talkers>;
}

/** A service in a process of its own, for agents that talk. Not confined: that changes nothing about their pipes. */
export async function serveTalkers({
  directory,
  maxRunning,
}: {
  readonly directory: string;
  readonly maxRunning: number;
}): Promise<TalkedTo> {
  const place = makeWorkPlace({ gated: false });
  const programs = join(directory, 'programs');
  mkdirSync(programs, { recursive: true });
  const program = join(programs, 'chatter');
  // The settings lie beside the program: an adapter passes no variables on.
  const script = [
    '#!/bin/sh',
    '[ "$1" = --version ] && echo "2.1.330 (Claude Code)" && exit',
    `. '${programs}/settings'`,
    `exec '${process.execPath}' '${CHATTER}' $SETTINGS "$@"`,
  ];
  writeFileSync(program, `${script.join('\n')}\n`, { mode: 0o755 });
  const flags = ['--data-dir', join(directory, 'data'), '--allow-local', place.directory, '--agent-command', program];
  const service = await serve({
    directory,
    flags: [...flags, '--max-running', String(maxRunning)],
    environment: {
      AWO_LOG_LEVEL: 'error',
      AWO_CONFINEMENT: 'none',
      AWO_CLAUDE_CLI_PATH: program,
      ANTHROPIC_API_KEY: 'none',
    },
  });
  const api = apiOf(service.url);
  let folders = 0;
  return {
    service,
    async start({ kind, count, lines }) {
      folders += 1;
      const folder = join(directory, `talkers-${folders}`);
      mkdirSync(folder);
      writeFileSync(join(programs, 'settings'), `SETTINGS='${folder} ${lines}'\n`);
      const order = { repository_url: place.repository, user_request: 'Talk', agent: kind };
      const ids = await Promise.all(Array.from({ length: count }, () => api.submit(order)));
      await untilReady(folder, count);
      return talkersOf({ api, ids, folder, lines });
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}

function talkersOf({
  api,
  ids,
  folder,
  lines,
}: {
  readonly api: Api;
  readonly ids: readonly string[];
  readonly folder: string;
  readonly lines: number;
}): Talkers {
  let rounds = 0;
  return {
    async round(linesASecond) {
      const before = await Promise.all(ids.map(async (id) => (await logPage(api, id, 0)).total));
      rounds += 1;
      const begunMs = sharedClockMs();
      beginRound(folder, rounds, linesASecond);
      const agesMs: number[] = [];
      for (let left = ids; left.length > 0;) {
        const still: string[] = [];
        for (const id of left) {
          const { total } = await logPage(api, id, 0);
          const { log_entries: entries } = await logPage(api, id, total - 1);
          const atMs = sharedClockMs();
          const madeMs = Number(/@([\d.]+)/.exec(JSON.stringify(entries))?.[1] ?? 0);
          if (madeMs > begunMs) agesMs.push(atMs - madeMs);
          if (total >= (before[ids.indexOf(id)] ?? 0) + lines) continue;
          still.push(id);
          await sleep(LOOK_MS);
        }
        left = still;
      }
      return { tookMs: sharedClockMs() - begunMs, agesMs };
    },
    async [Symbol.asyncDispose]() {
      writeFileSync(join(folder, 'end'), '');
      await Promise.all(ids.map((id) => api.untilEnd(id)));
    },
  };
}

/** The same agents under a program of some lines that reads what they print and drops it. */
export async function readTalkers({
  directory,
  kind,
  count,
  lines,
  use,
}: {
  /** Does not exist yet. */
  readonly directory: string;
  readonly kind: TalkKind;
  readonly count: number;
  readonly lines: number;
  readonly use: 'drop' | 'parse';
}): Promise<{ round(): Promise<number> } & AsyncDisposable> {
  mkdirSync(directory, { recursive: true });
  const child = spawn(process.execPath, [READER, directory, kind, String(count), String(lines), use], {
    env: plainEnvironment(directory),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const moments = createInterface({ input: child.stdout });
  await untilReady(directory, count);
  let rounds = 0;
  return {
    /** Milliseconds from the word to begin until it has the last line of all. */
    async round() {
      rounds += 1;
      const ended = once(moments, 'line');
      const begunMs = sharedClockMs();
      beginRound(directory, rounds, 0);
      const [moment] = await ended;
      return Number(moment) - begunMs;
    },
    async [Symbol.asyncDispose]() {
      writeFileSync(join(directory, 'end'), '');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Under its name only when it is whole: the talkers look at once. */
function beginRound(folder: string, round: number, linesASecond: number): void {
  const unfinished = join(folder, 'next');
  writeFileSync(unfinished, String(linesASecond));
  renameSync(unfinished, join(folder, `round-${round}`));
}

async function untilReady(folder: string, count: number): Promise<void> {
  while (readdirSync(folder).filter((name) => name.startsWith('ready-')).length < count) await sleep(READY_MS);
}

async function logPage(api: Api, id: string, offset: number) {
  const response = await api.get(`/agent-work-orders/${id}/logs?limit=1&offset=${Math.max(offset, 0)}`);
  return LogPageSchema.parse(await response.json());
}
