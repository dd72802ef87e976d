import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import { DiagnosisSchema } from '../../src/contract/diagnosis.ts';
import type { ReachRacePoint } from '../../src/engine/race-points.ts';
import { passRacePoint } from '../../src/engine/race-points.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

/** Each attempt of the scripted agent adds a line, so that this passes at the second one, if the first is kept. */
const TWO_LINES = 'grep -c "one more line" list.txt; test "$(grep -c "one more line" list.txt)" -ge 2';

let place: WorkPlace;
let service: RunningService;
let api: Api;

interface Given {
  readonly configuration?: Partial<Configuration>;
  readonly files?: Readonly<Record<string, string>>;
  readonly agent?: Readonly<Record<string, string>>;
  readonly reach?: ReachRacePoint;
}

async function start({ configuration = {}, files = {}, agent = {}, reach = passRacePoint }: Given = {}): Promise<void> {
  place = makeWorkPlace({ gated: false, files, agent });
  service = await startService(place.configuration(configuration), { log: quietLog, reach });
  api = apiOf(service.url);
}

afterEach(async () => {
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });

async function ended(more: Readonly<Record<string, unknown>> = {}) {
  const id = await submit(more);
  await api.untilEnd(id);
  return { id, workOrder: await api.workOrder(id), implement: await attemptsOf(id) };
}

async function attemptsOf(id: string) {
  const { steps } = await api.steps(id);
  return steps.filter(({ step }) => step === 'implement');
}

const notesOf = async (id: string) =>
  (await api.savedEvents(id)).flatMap((event) => (event.type === 'note' ? [event.data] : []));

describe('checks that pass', () => {
  test('are run by the service, and command, exit code, duration and output stay with the attempt', async () => {
    await start();
    const { workOrder, implement } = await ended({ checks: ['echo fine; echo well >&2', 'test -s list.txt'] });
    expect(workOrder).toMatchObject({ status: 'completed', checks: ['echo fine; echo well >&2', 'test -s list.txt'] });
    expect(implement).toHaveLength(1);
    expect(implement[0]?.checks).toMatchObject([
      { command: 'echo fine; echo well >&2', status: 'passed', exit_code: 0, output_truncated: false },
      { command: 'test -s list.txt', status: 'passed', exit_code: 0, output: '' },
    ]);
    expect(implement[0]?.checks[0]?.output.split('\n').toSorted()).toEqual(['fine', 'well']);
    expect(implement[0]?.checks[0]?.duration_seconds).toBeGreaterThan(0);
  });

  test('see no secret of the service, and what they leave behind is no part of the change', async () => {
    process.env['CHECKS_TEST_TOKEN'] = 'a-secret-of-the-service';
    try {
      await start({ files: { '.gitignore': 'ignored.txt\n' } });
      const check = 'env; echo built > product.txt; echo more > list.txt; echo ours > ignored.txt';
      const { id, workOrder, implement } = await ended({ checks: [check] });
      expect(workOrder).toMatchObject({ status: 'completed' });
      expect(implement[0]?.checks[0]?.output).not.toContain('CHECKS_TEST_TOKEN');
      expect(place.git('ls-tree', '-r', '--name-only', workOrder.git_commit ?? '')).not.toContain('product.txt');
      expect(place.git('show', `${workOrder.git_commit}:list.txt`)).toBe('a line\none more line');
      const notes = await notesOf(id);
      expect(notes.find(({ code }) => code === 'checks_changed_files')?.message).toContain('list.txt, product.txt');
    } finally {
      delete process.env['CHECKS_TEST_TOKEN'];
    }
  });

  test('are not run where nothing was to be changed', async () => {
    await start({ agent: { AGENT_NO_CHANGE: 'reason' } });
    const { workOrder, implement } = await ended({ checks: ['false'] });
    expect(workOrder).toMatchObject({ status: 'completed', outcome: 'no_change_needed' });
    expect(implement[0]).toMatchObject({ status: 'succeeded', checks: [] });
  });
});

describe('a check that fails', () => {
  test('goes back to the agent with the evidence, and the work is kept', async () => {
    await start();
    const { id, workOrder, implement } = await ended({ checks: [TWO_LINES, 'true'] });
    expect(workOrder).toMatchObject({ status: 'completed', git_lines_added: 5 });
    expect(implement.map(({ status, error_code }) => [status, error_code])).toEqual([
      ['failed', 'check_failed'],
      ['succeeded', null],
    ]);
    expect(implement[0]?.checks).toMatchObject([{ status: 'failed', exit_code: 1, output: '1' }]);
    expect(implement[1]?.checks).toMatchObject([{ status: 'passed' }, { command: 'true', status: 'passed' }]);
    const first = await (await api.get(`/agent-work-orders/${id}/steps/5/prompt`)).text();
    const second = await (await api.get(`/agent-work-orders/${id}/steps/implement/prompt`)).text();
    expect(first).not.toContain('What has to be mended');
    expect(second).toContain(`The check "${TWO_LINES}" ended with exit code 1.`);
    expect(place.git('show', `${workOrder.git_commit}:list.txt`)).toBe('a line\none more line\none more line');
  });

  test('fails the work order with that evidence when it still fails after the last try', async () => {
    await start({ configuration: { checkAttempts: 1 } });
    const { workOrder, implement } = await ended({ checks: ['echo no good; exit 7'] });
    expect(workOrder).toMatchObject({
      status: 'failed',
      failed_step: 'implement',
      error_code: 'check_failed',
      error_message: 'The check "echo no good; exit 7" ended with exit code 7.',
    });
    expect(implement).toHaveLength(2);
    expect(implement[1]?.checks).toMatchObject([{ status: 'failed', exit_code: 7, output: 'no good' }]);
  });

  test('lets the work order go on, and says so, where a draft is wanted', async () => {
    await start({ configuration: { checkAttempts: 1, onCheckFailure: 'draft' } });
    const { id, workOrder, implement } = await ended({ checks: ['false'] });
    expect(workOrder).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
    expect(implement.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
    expect(implement[1]?.checks).toMatchObject([{ status: 'failed', exit_code: 1 }]);
    const note = (await notesOf(id)).find(({ code }) => code === 'check_failed');
    expect(note?.message).toContain('the pull request will be a draft');
  });

  test('is the end of an agent that was told and changes nothing: no further round is paid for', async () => {
    await start({ configuration: { checkAttempts: 5 }, agent: { AGENT_NO_CHANGE: 'again' } });
    const { id, workOrder, implement } = await ended({ checks: ['echo no good; exit 7'] });
    expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'implement', error_code: 'no_progress' });
    expect(workOrder.error_message).toBe(
      'The check "echo no good; exit 7" ended with exit code 7. The files are again as attempt 1 had left them when the agent was told so.',
    );
    expect(implement.map(({ error_code }) => error_code)).toEqual(['check_failed', 'no_progress']);
    const { evidence } = DiagnosisSchema.parse(await (await api.get(`/agent-work-orders/${id}/diagnosis`)).json());
    expect(evidence).toContainEqual(expect.objectContaining({ what: 'what "echo no good; exit 7" said last' }));
  });

  test('that passes when it is run again on the same files was not about the change', async () => {
    const once =
      'test -e "$PWD/node_modules/was-here" || { mkdir -p node_modules && touch node_modules/was-here; exit 1; }';
    await start({ agent: { AGENT_NO_CHANGE: 'again' }, files: { '.gitignore': 'node_modules\n' } });
    const { workOrder, implement } = await ended({ checks: [once] });
    expect(workOrder).toMatchObject({ status: 'completed', git_lines_added: 4 });
    expect(implement.map(({ error_code }) => error_code)).toEqual(['check_failed', null]);
  });

  test('on files that do not change is a draft at once, where one is wanted', async () => {
    await start({ configuration: { checkAttempts: 5, onCheckFailure: 'draft' }, agent: { AGENT_NO_CHANGE: 'again' } });
    const { workOrder, implement } = await ended({ checks: ['false'] });
    expect(workOrder).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
    expect(implement.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  });

  test('of one that takes too long is ended with all that it started', async () => {
    await start({ configuration: { checkAttempts: 0, checkTimeoutSeconds: 1 } });
    const { workOrder, implement } = await ended({ checks: ['echo begun; sleep 1000 & sleep 1000'] });
    expect(workOrder).toMatchObject({ status: 'failed', error_code: 'check_failed' });
    expect(implement[0]?.checks).toMatchObject([{ status: 'timed_out', exit_code: null, output: 'begun' }]);
  });

  test('begins anew, and without the refused work, when a person retries', async () => {
    await start({ configuration: { checkAttempts: 0 } });
    const { id, workOrder } = await ended({ checks: [TWO_LINES] });
    await api.post(`/agent-work-orders/${id}/retry`, {});
    for await (const { type } of api.events(id, workOrder.last_seq)) if (type === 'work_order_failed') break;
    const attempts = await attemptsOf(id);
    expect(attempts.map(({ checks }) => checks[0]?.output)).toEqual(['1', '1']);
  });
});

describe('where checks come from', () => {
  const settings = { '.agent-work-orders/settings.json': JSON.stringify({ checks: ['echo of the target'] }) };
  const commandsOf = (attempts: Awaited<ReturnType<typeof attemptsOf>>) =>
    attempts.flatMap(({ checks }) => checks.map(({ command }) => command));

  test('the target repository, where neither request nor known repository says any', async () => {
    await start({ files: settings });
    const { workOrder, implement } = await ended();
    expect(workOrder.checks).toBeNull();
    expect(commandsOf(implement)).toEqual(['echo of the target']);
  });

  test('the known repository before the target repository, and the request before both', async () => {
    await start({ files: settings });
    const known = { repository_url: place.repository, checks: ['echo of the known'], verify: false };
    expect((await api.post('/repositories', known)).status).toBe(201);
    expect(commandsOf((await ended()).implement)).toEqual(['echo of the known']);
    expect(commandsOf((await ended({ checks: ['echo of the request'] })).implement)).toEqual(['echo of the request']);
    expect(commandsOf((await ended({ checks: [] })).implement)).toEqual([]);
  });
});

test('a cancel ends the check that runs, and the attempt says that it was cancelled', async () => {
  await start();
  const id = await submit({ checks: ['echo begun; exec sleep 1000'] });
  await untilLog(id, 'check_output');
  const before = performance.now();
  await api.post(`/agent-work-orders/${id}/cancel`);
  await api.untilEnd(id);
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(await api.workOrder(id)).toMatchObject({ status: 'cancelled' });
  expect(await attemptsOf(id)).toMatchObject([{ status: 'cancelled', checks: [] }]);
});

test('after a stop between two tries the next service goes on from the refused work', async () => {
  const [refused, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await start({
    reach: async (point, step) => {
      if (point !== 'after_attempt_finished' || step !== 'implement') return;
      refused.resolve();
      await release.promise;
    },
  });
  const id = await submit({ checks: [TWO_LINES] });
  await refused.promise;
  const stopped = service.stop();
  release.resolve();
  await stopped;
  service = await startService(place.configuration(), { log: quietLog });
  api = apiOf(service.url);
  await api.untilEnd(id);
  const { status, git_commit } = await api.workOrder(id);
  expect(status).toBe('completed');
  // An attempt may have begun before the stop; it is cut, and tells nothing.
  expect((await attemptsOf(id)).flatMap(({ checks }) => checks.map(({ output }) => output))).toEqual(['1', '2']);
  expect(place.git('show', `${git_commit}:list.txt`)).toBe('a line\none more line\none more line');
});

/** Waits for a log entry of this event. */
async function untilLog(id: string, event: string): Promise<void> {
  const { body } = await api.get(`/agent-work-orders/${id}/logs/stream`);
  if (!body) throw new Error('there is no stream');
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) if (data.includes(`"event":"${event}"`)) return;
  throw new Error(`the log ended before ${event}`);
}
