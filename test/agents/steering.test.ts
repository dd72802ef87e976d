import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import type { Configuration } from '../../src/contract/configuration.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Scenario } from '../model-server/reply.ts';
import type { ModelServer } from '../model-server/server.ts';
import { startModelServer } from '../model-server/server.ts';
import { WRITTEN_FILE, roleOf, workOrder } from '../model-server/work-order.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import type { RealAgent } from './whole-work-order.ts';
import { CLAUDE, CODEX, GEMINI, missingPart } from './whole-work-order.ts';
import { agentProgram } from './programs.ts';

/*
 * Words of a person, and evidence of the service, on their way to a real program: in the middle of its turn where it can
 * take them, else in its session.
 */

const SECOND_FILE = { path: 'second.txt', content: 'A second one.\n' };
const MESSAGE = 'Add second.txt as well, please.';
const CLI_PATHS = { claude: 'claudeCliPath', codex: 'codexCliPath', gemini: 'geminiCliPath' } as const;

let place: WorkPlace;
let server: ModelServer;
let service: RunningService | null = null;
let api: Api;
const before = { ...process.env };

beforeEach(async () => {
  place = makeWorkPlace({ gated: true });
  server = await startModelServer({ scenarios: { steered } });
});
afterEach(async () => {
  await service?.stop();
  service = null;
  await server[Symbol.asyncDispose]();
  place[Symbol.dispose]();
  process.env = { ...before };
});

/** Holds the implementor at a tool, and adds the second file when it is told of it, or of what has to be mended. */
const steered: Scenario = (conversation) => {
  const { prompt, turn } = conversation;
  const isNextTurn = prompt.startsWith('While you were at work');
  if (roleOf(prompt) !== 'implementor' && !isNextTurn) return workOrder(conversation);
  const asked = JSON.stringify(server.requests.at(-1)?.body);
  const isTold = asked.includes(MESSAGE) || prompt.includes('## What has to be mended');
  const actions = isNextTurn
    ? [{ write: SECOND_FILE }]
    : [{ run: waitFor('implement') }, { write: WRITTEN_FILE }, ...(isTold ? [{ write: SECOND_FILE }] : [])];
  const action = actions[turn];
  if (action) return { text: `I do part ${turn + 1}.`, actions: [action] };
  return workOrder({ ...conversation, prompt: 'You carry out a plan in the repository', turn: 2 });
};

/** Claude Code refuses a \`sleep\`. */
function waitFor(gate: string): string {
  return `perl -e 'select undef, undef, undef, 0.05 until -e "${join(place.directory, 'gate', gate)}"'`;
}

async function start({ agent, programs, environment }: RealAgent): Promise<void> {
  const file = agentProgram(programs[0]!).file ?? '';
  Object.assign(process.env, environment({ url: server.url('steered'), file }));
  const changes = { agent, [CLI_PATHS[agent as keyof typeof CLI_PATHS]]: file } as Partial<Configuration>;
  service = await startService(place.configuration(changes), { log: quietLog });
  api = apiOf(service.url);
}

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Add a greeting', ...more });

async function expectBothFiles(id: string): Promise<void> {
  const { status, git_branch_name, error_message } = await api.workOrder(id);
  expect([status, error_message]).toEqual(['completed', null]);
  for (const { path, content } of [WRITTEN_FILE, SECOND_FILE]) {
    expect(place.git('show', `${git_branch_name}:${path}`)).toBe(content.trim());
  }
}

const ofImplement = (events: readonly WorkOrderEvent[]) => ({
  prompted: events.flatMap((event) =>
    event.type === 'attempt_prompted' && event.data.step === 'implement' ? [event.data.resumed_session_id] : [],
  ),
  given: events.flatMap((event) => (event.type === 'prompt_given' ? [event.data.how] : [])),
  sessions: events.flatMap((event) =>
    event.type === 'attempt_finished' && event.data.step === 'implement' ? [event.data.session_id] : [],
  ),
});

describe.each<RealAgent & { readonly how: string }>([
  { ...CLAUDE, how: 'mid_turn' },
  { ...CODEX, how: 'next_turn' },
  { ...GEMINI, how: 'next_turn' },
])('$agent', (agent) => {
  test(`is given a message as ${agent.how}, once, and acts on it`, async ({ skip }) => {
    const missing = missingPart(agent);
    if (missing) skip(missing);
    await start(agent);
    const id = await submit();
    await api.untilLogged(id, 'select undef');
    const sent: unknown = await (await api.post(`/agent-work-orders/${id}/prompt`, { prompt_text: MESSAGE })).json();
    const promptId = String(Reflect.get(sent as object, 'prompt_id'));
    // From then on nobody can take it back: it is on its way.
    if (agent.how === 'mid_turn') while ((await edit(id, promptId)) !== 409);
    place.open('implement');
    const { given, prompted, sessions } = ofImplement(await api.untilEnd(id));
    expect(given).toEqual([agent.how]);
    expect(prompted).toEqual([null, agent.how === 'mid_turn' ? null : sessions[0]]);
    if (agent.how === 'next_turn') expect(begunInLastRequest()).toBe(2);
    expect((await api.steps(id)).steps).toHaveLength(7);
    await expectBothFiles(id);
  });

  test('is given what a check has refused, in a copy of its session, and mends it', async ({ skip }) => {
    const missing = missingPart(agent);
    if (missing) skip(missing);
    await start(agent);
    place.open('implement');
    const id = await submit({ checks: [`test -e ${SECOND_FILE.path}`] });
    const { prompted, sessions } = ofImplement(await api.untilEnd(id));
    expect(sessions).toHaveLength(2);
    expect(prompted).toEqual([null, sessions[0]]);
    expect(begunInLastRequest()).toBe(2);
    const { steps } = await api.steps(id);
    expect(steps.filter(({ step }) => step === 'implement').map(({ error_code }) => error_code)).toEqual([
      'check_failed',
      null,
    ]);
    await expectBothFiles(id);
  });
});

/** How often the model has begun with the work, by the conversation that the program has sent last. */
function begunInLastRequest(): number {
  return JSON.stringify(server.requests.at(-1)?.body).split('I do part 1.').length - 1;
}

async function edit(id: string, promptId: string): Promise<number> {
  const response = await fetch(new URL(`/agent-work-orders/${id}/prompts/${promptId}`, service?.url), {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt_text: MESSAGE }),
  });
  await response.body?.cancel();
  return response.status;
}
