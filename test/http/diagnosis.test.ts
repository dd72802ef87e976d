import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiagnosisSchema } from '../../src/contract/diagnosis.ts';
import { startParts } from './support.ts';

let service: Awaited<ReturnType<typeof startParts>>;
beforeEach(async () => void (service = await startParts()));
afterEach(() => service[Symbol.asyncDispose]());

async function diagnosisOf(id: string) {
  const response = await service.app.request(`/agent-work-orders/${id}/diagnosis`);
  expect(response.status).toBe(200);
  return DiagnosisSchema.parse(await response.json());
}

test('a failure is told with its evidence, its story and what to do', async () => {
  const { engine } = service;
  const id = await engine.create('Add a dark mode');
  await engine.tell(id, { type: 'start' });
  await engine.runStep(id, 'classify', { output: '/feature' });
  await engine.log(id, { level: 'warn', step: 'plan', message: 'the model answers 529' });
  await engine.runStep(id, 'plan', {
    status: 'failed',
    output: 'I was about to\nread the theme.',
    error_code: 'agent_crashed',
    error_message: 'The agent ended with 3.',
    changes: { files_changed: 2, lines_added: 7, lines_removed: 1 },
  });
  await engine.tell(id, { type: 'fail', error_code: 'agent_crashed', error_message: 'The agent ended with 3.' });

  const { summary, reason, step, evidence, timeline, remedies } = await diagnosisOf(id);
  expect([summary, reason, step]).toEqual(['It failed at plan: The agent ended with 3.', 'agent_crashed', 'plan']);
  expect(evidence.map(({ what, text }) => [what, text])).toEqual([
    ['attempt 1 at plan', expect.stringMatching(/^The agent ended with 3\. \(agent_crashed\), after/)],
    ['what it said last', 'I was about to\nread the theme.'],
    ['what it had changed', '2 files, +7 −1'],
    ['the log of plan', 'the model answers 529'],
  ]);
  for (const { source } of evidence) expect((await service.app.request(source)).status).toBe(200);
  expect(timeline.map(({ text }) => text)).toEqual([
    'handed in: Add a dark mode',
    expect.stringMatching(/^classify, attempt 1: succeeded after/),
    expect.stringMatching(/^plan, attempt 1: failed \(agent_crashed\) after/),
    'failed: agent_crashed',
  ]);
  expect(remedies[0]?.text).toBe('Look at the last entries of the log.');
  expect(remedies.map(({ command }) => command)).toContain(`awo retry ${id}`);
});

test.each([
  ['approval', 'awo approve'],
  ['quota', 'awo resume'],
  ['forge', 'awo resume'],
  ['paused', 'awo resume'],
] as const)('one that waits for %s says how it goes on', async (reason, command) => {
  const { engine } = service;
  const id = await engine.create();
  await engine.tell(id, { type: 'start' });
  await engine.tell(id, { type: 'wait', reason, detail: 'Until noon.', until: '2026-01-01T12:00:00.000Z' });
  const diagnosis = await diagnosisOf(id);
  expect([diagnosis.summary, diagnosis.reason]).toEqual(['It waits: Until noon.', reason]);
  expect(diagnosis.remedies.map((remedy) => remedy.command)).toContain(`${command} ${id}`);
});

test('one that runs says since when, and what it did last', async () => {
  const { engine } = service;
  const id = await engine.create();
  expect((await diagnosisOf(id)).summary).toContain('waits for its turn');
  await engine.tell(id, { type: 'start' });
  await engine.tell(id, { type: 'start_attempt', step: 'classify' });
  const lastActivityAt = new Date(Date.now() - 30_000).toISOString();
  engine.liveViews.set(id, { activity: 'reading theme.ts', lastActivityAt, unsaved: [] });
  expect((await diagnosisOf(id)).summary).toMatch(
    /^It runs classify, attempt 1, for .* 30 s ago \(reading theme\.ts\)\.$/,
  );
});

test('however long the history is, the diagnosis is of its latest part', async () => {
  const { engine } = service;
  const id = await engine.create();
  await engine.tell(id, { type: 'start' });
  for (let number = 0; number < 210; number += 1)
    await engine.tell(id, { type: 'note', code: 'test', message: `note ${number}` });
  const { timeline } = await diagnosisOf(id);
  expect(timeline).toHaveLength(200);
  expect(timeline.at(-1)?.text).toBe('note 209');
});

test('what is not there is not found', async () => {
  expect((await service.app.request('/agent-work-orders/wo-00000000/diagnosis')).status).toBe(404);
});
