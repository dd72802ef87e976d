import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { startServiceProcess } from '../crash/killed-service.ts';
import { processesOf } from '../crash/own-processes.ts';
import { findWays, livingWith, newSeconds, program } from '../programs/run.ts';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const { usable, missing } = await findWays();
const canConfine = usable.some(({ name }) => name === 'bubblewrap');
const why = canConfine ? '' : ` (cannot run here: ${missing.join('; ')})`;

/** What the service takes at most, with its program, its database and everything that an agent says. */
const MOST_BYTES = 400_000_000;
/** What a limit of a second or two may become on a busy machine. */
const ENDED_WITHIN_SECONDS = 60;

const SECONDS = newSeconds();
const node = `'${process.execPath}'`;
const hostile = `${node} '${program('hostile-agent.mjs')}'`;
const scatter = `${node} '${program('scatter.mjs')}' ${SECONDS}`;

interface Hostile {
  readonly what: string;
  readonly command: string;
  readonly configuration?: Partial<Configuration>;
  /** The code it fails with, or the outcome. */
  readonly ends: string;
}

const AGENTS: readonly Hostile[] = [
  {
    what: 'says nothing, ever',
    command: `${node} '${program('hang-silently.mjs')}'`,
    configuration: { firstActivitySeconds: 1 },
    ends: 'agent_no_first_activity',
  },
  {
    what: 'falls silent',
    command: `${node} '${program('talk-then-idle.mjs')}'`,
    configuration: { idleSeconds: 1 },
    ends: 'agent_idle',
  },
  {
    what: 'never ends after its result',
    command: `${node} '${program('never-end-after-result.mjs')}'`,
    configuration: { attemptTimeoutSeconds: 2 },
    ends: 'agent_timeout',
  },
  {
    what: 'ignores SIGTERM',
    command: `${node} '${program('ignore-term.mjs')}'`,
    configuration: { attemptTimeoutSeconds: 2 },
    ends: 'agent_timeout',
  },
  {
    what: 'leaves daemons in sessions of their own that ignore SIGTERM',
    command: `${scatter} own-session double-fork ignores-term double-fork-cleared double-fork-cleared-holds-pipe end`,
    ends: 'plan_missing',
  },
  { what: 'prints 1 GB without a line end', command: `${hostile} endless 1000`, ends: 'agent_crashed' },
  {
    what: 'prints no UTF-8, NUL, escapes and half a JSON text',
    command: `${hostile} gibberish`,
    ends: 'agent_crashed',
  },
  { what: 'writes 100,000 files', command: `${hostile} many-files 100000`, ends: 'change_too_large' },
  { what: 'deletes .git', command: `${hostile} delete-git`, ends: 'branch_pushed' },
  { what: 'deletes its own folder', command: `${hostile} delete-own-folder`, ends: 'plan_missing' },
  { what: 'kills its parent and everything it may', command: `${hostile} kill-all`, ends: 'plan_missing' },
  { what: 'ends well and has done nothing', command: `${hostile} nothing`, ends: 'plan_missing' },
  { what: 'ends with 137', command: `sh '${program('exit-137.sh')}'`, ends: 'agent_killed' },
];

test.runIf(canConfine).each(AGENTS)(`an agent that $what ends in $ends, and leaves nothing${why}`, async (agent) => {
  using place = makeWorkPlace({ gated: false });
  const word = basename(place.directory);
  const configuration = { agentCommand: agent.command, confinement: 'bubblewrap', ...agent.configuration } as const;
  await using service = await startServiceProcess(place.configuration(configuration));
  const api = apiOf(service.url);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  const events = await api.untilEnd(id);

  const { status, outcome, error_code } = await api.workOrder(id);
  expect(status === 'completed' ? outcome : error_code).toBe(agent.ends);
  const { steps } = await api.steps(id);
  for (const { duration_seconds } of steps) expect(duration_seconds).toBeLessThan(ENDED_WITHIN_SECONDS);
  expect(peakBytesOf(service.pid)).toBeLessThan(MOST_BYTES);

  // Nothing lives but the service, and of the work order there is what the history tells.
  expect(processesOf(word).map(({ pid }) => pid)).toEqual([service.pid]);
  expect(livingWith(SECONDS)).toEqual([]);
  const folder = join(place.dataDirectory, 'work-orders', id);
  expect(existsSync(join(folder, 'tree'))).toBe(noteCodes(events).includes('sandbox_kept'));
  expect(filesIn(join(folder, 'processes'))).toEqual([]);
  expect(filesIn(folder).filter((name) => name.startsWith('.removing-'))).toEqual([]);
  // It can still be read, and the service is well.
  const log: unknown = await (await api.get(`/agent-work-orders/${id}/logs?limit=1000`)).json();
  expect(log).toMatchObject({ log_entries: expect.any(Array) });
  expect((await api.get('/health')).status).toBe(200);
});

/** Only root may mount. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const whyNot = canMount ? why : ' (cannot run here: mounting a small file system needs root)';

test.runIf(canConfine && canMount)(
  `an agent that fills the disk is waited for, and can be cancelled${whyNot}`,
  async () => {
    await using stack = new AsyncDisposableStack();
    const place = stack.use(makeWorkPlace({ gated: false }));
    const temporaryDirectory = join(place.directory, 'small-disk');
    mkdirSync(temporaryDirectory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', temporaryDirectory]);
    stack.defer(() => void execFileSync('umount', [temporaryDirectory]));
    const agentCommand = `${hostile} fill-disk`;
    const disk = { temporaryDirectory, diskFloorBytes: 1_000_000 };
    const service = stack.use(
      await startServiceProcess(place.configuration({ agentCommand, confinement: 'bubblewrap', ...disk })),
    );
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    // The second attempt begins with the working copy as it was before the first, although there was no room left.
    const isSecond = ({ type, data }: WorkOrderEvent) => type === 'attempt_finished' && data.attempt === 2;
    const events = await api.until(id, isSecond);
    const waits = events.flatMap(({ type, data }) => (type === 'work_order_waiting' ? [data.waiting_reason] : []));
    expect(waits).toEqual(['disk']);
    const ends = events.flatMap(({ type, data }) => (type === 'attempt_finished' ? [data] : []));
    expect(ends.map(({ error_code }) => error_code)).toEqual(['disk_full', 'disk_full']);
    expect(ends[0]?.error_message).toContain('No space left on device');
    await api.post(`/agent-work-orders/${id}/cancel`);
    expect((await api.untilEnd(id)).at(-1)?.type).toBe('work_order_cancelled');
    expect(peakBytesOf(service.pid)).toBeLessThan(MOST_BYTES);
    expect(processesOf(basename(place.directory)).map(({ pid }) => pid)).toEqual([service.pid]);
  },
);

function noteCodes(events: readonly WorkOrderEvent[]): readonly string[] {
  return events.flatMap(({ type, data }) => (type === 'note' ? [data.code] : []));
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The most memory that a process has had at once, as the kernel says. */
function peakBytesOf(pid: number): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
