import { afterEach, describe, expect, test } from 'vitest';
import { DiagnosisSchema } from '../../src/contract/diagnosis.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

let place: WorkPlace;
let service: RunningService;
let api: Api;

afterEach(async () => {
  await service.stop();
  place[Symbol.dispose]();
});

/** A work order whose agent behaves like this, at its end. */
async function ended(agent: Readonly<Record<string, string>>) {
  place = makeWorkPlace({ gated: false, agent, files: { '.gitignore': 'built/\n' } });
  service = await startService(place.configuration(), { log: quietLog });
  api = apiOf(service.url);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  await api.untilEnd(id);
  return { id, workOrder: await api.workOrder(id) };
}

async function diagnosisOf(id: string) {
  return DiagnosisSchema.parse(await (await api.get(`/agent-work-orders/${id}/diagnosis`)).json());
}

describe('an agent that claims what is not there has failed', () => {
  test.each([
    ['a file', 'Files changed:\n- list.txt\n- test/list.test.js', 'test/list.test.js; no such file is there'],
    ['a commit', 'Commit: 1234567890abcdef1234567890abcdef12345678', 'its repository has no such commit'],
    ['a push', 'Pushed branch: list-of-mine', 'the remote has no such branch'],
  ])('%s', async (_what, says, fact) => {
    const { id, workOrder } = await ended({ AGENT_SAYS: says });
    expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'implement', error_code: 'claim_not_found' });
    expect(workOrder.error_message).toContain(fact);
    const { summary, reason, evidence } = await diagnosisOf(id);
    expect([summary, reason]).toEqual([`It failed at implement: ${workOrder.error_message}`, 'claim_not_found']);
    expect(evidence).toContainEqual(
      expect.objectContaining({ what: 'what it said last', text: expect.stringContaining(says.split('\n').at(-1)!) }),
    );
    expect(place.branches()).toEqual(['main']);
  });

  test('a plan, and nobody is asked where it may be', async () => {
    const { id, workOrder } = await ended({ AGENT_PLANS: '{"plan_path": "specs/plan.md", "report": "Planned."}' });
    expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'plan', error_code: 'claim_not_found' });
    expect(workOrder.error_message).toContain('specs/plan.md');
    expect((await api.steps(id)).steps.map(({ step }) => step)).toEqual(['classify', 'plan']);
  });

  test.each([
    ['specs/found.md', 'claim_not_found'],
    ['It may be specs/found.md, which I did not find.', 'plan_missing'],
  ])('a plan that was looked for: %j is %s', async (finds, code) => {
    const { workOrder } = await ended({ AGENT_PLANS: 'I have planned it.', AGENT_FINDS: finds });
    expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'find_plan', error_code: code });
  });
});

test('words that are no claim, and claims that are true, fail nobody', async () => {
  const head = 'Commit: HEAD';
  const says = [
    'I wrote src/nowhere.js, too.',
    head,
    'Pushed branch: main',
    'Files changed:',
    '- ./list.txt (one line)',
  ];
  const { workOrder } = await ended({ AGENT_SAYS: says.join('\n') });
  expect(workOrder).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
});
