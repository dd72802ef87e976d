import { describe, expect, test } from 'vitest';
import type { AgentWish, AgentWishes, StepAgents } from './agent-choice.ts';
import { chooseAgent, targetSettingsIn } from './agent-choice.ts';

const wish = (agent: string | null, model: string | null = null): AgentWish => ({ agent, model });
const wishes = (general: AgentWish = wish(null), steps: StepAgents = {}): AgentWishes => ({ general, steps });
const service = (steps: StepAgents = {}) => ({ general: { agent: 'standard', model: null }, steps });

describe('who carries out a step', () => {
  const choose = (request: AgentWishes, repository: AgentWishes, steps: StepAgents = {}, known = wishes()) =>
    chooseAgent({ step: 'plan', request, known_repository: known, repository, service: service(steps) });

  test('the request, the repository and the service are asked in this order, each for the step first', () => {
    const all = {
      request: wishes(wish('r'), { plan: wish('rp') }),
      repository: wishes(wish('o'), { plan: wish('op') }),
      steps: { plan: wish('sp') },
    };
    expect(choose(all.request, all.repository, all.steps)).toMatchObject({ agent: 'rp', chosen_by: 'request' });
    expect(choose(wishes(wish('r')), all.repository, all.steps)).toMatchObject({ agent: 'r', chosen_by: 'request' });
    expect(choose(wishes(), all.repository, all.steps)).toMatchObject({ agent: 'op', chosen_by: 'repository' });
    expect(choose(wishes(), wishes(wish('o')), all.steps)).toMatchObject({ agent: 'o', chosen_by: 'repository' });
    expect(choose(wishes(), wishes(), all.steps)).toMatchObject({ agent: 'sp', chosen_by: 'service' });
    expect(choose(wishes(), wishes())).toEqual({ agent: 'standard', model: null, chosen_by: 'service' });
  });

  test('the defaults of a known repository stand between the request and the repository itself', () => {
    const known = wishes(wish('k', 'model-of-k'), { plan: wish('kp') });
    const repository = wishes(wish('o'), { plan: wish('op') });
    const chosen_by = 'known_repository';
    expect(choose(wishes(), repository, {}, known)).toMatchObject({ agent: 'kp', chosen_by });
    expect(choose(wishes(), repository, {}, wishes(wish('k')))).toMatchObject({ agent: 'k', chosen_by });
    expect(choose(wishes(wish('r')), repository, {}, known)).toMatchObject({ agent: 'r', chosen_by: 'request' });
    expect(choose(wishes(wish('k')), repository, {}, known)).toMatchObject({ agent: 'k', model: 'model-of-k' });
  });

  test('what is wanted for another step does not count', () => {
    expect(choose(wishes(wish(null), { implement: wish('x') }), wishes())).toMatchObject({ agent: 'standard' });
  });

  test('a model counts only for the agent that it was named with', () => {
    const general = wishes(wish('a', 'model-of-a'), { plan: wish('b') });
    expect(choose(general, wishes(wish('b', 'model-of-b')))).toMatchObject({ agent: 'b', model: 'model-of-b' });
    expect(choose(general, wishes())).toMatchObject({ agent: 'b', model: null });
    expect(choose(wishes(wish(null), { plan: wish(null, 'm') }), wishes(wish('o')))).toMatchObject({
      agent: 'o',
      model: 'm',
    });
  });
});

describe('the settings of a target repository', () => {
  test('agents and models, for the whole and for steps', () => {
    expect(targetSettingsIn('{}')).toEqual({ wishes: wishes(), checks: [] });
    const text = '{"agent": "codex", "model": null, "steps": {"plan": {"agent": "claude", "model": "opus"}}}';
    expect(targetSettingsIn(text).wishes).toEqual(wishes(wish('codex'), { plan: wish('claude', 'opus') }));
  });

  test('checks, in their order', () => {
    expect(targetSettingsIn('{"checks": ["npm ci", "npm test"]}').checks).toEqual(['npm ci', 'npm test']);
  });

  test.each([
    ['{', 'not JSON'],
    ['[]', 'not an object'],
    ['{"agents": "x"}', 'the key "agents"'],
    ['{"agent": 7}', '"agent" is no name'],
    ['{"agent": "--help"}', '"agent" is no name'],
    ['{"agent": "a", "model": "two\\nlines"}', '"model" is no name'],
    ['{"model": "opus"}', '"model" needs "agent"'],
    ['{"steps": {"deploy": {}}}', 'the step "deploy"'],
    ['{"steps": {"plan": "claude"}}', '"steps.plan" is not an object'],
    ['{"steps": {"plan": {"turns": 3}}}', 'the key "turns"'],
    ['{"steps": {"plan": {"model": "opus"}}}', '"steps.plan.model" needs'],
    ['{"checks": "npm test"}', '"checks" is not a list'],
    ['{"checks": ["npm test", " "]}', '"checks[1]" is no command'],
    ['{"checks": ["a\\nb"]}', '"checks[0]" is no command'],
  ])('%s is refused with the reason', (text, reason) => {
    expect(() => targetSettingsIn(text)).toThrow(
      expect.objectContaining({ code: 'repository_settings_invalid', message: expect.stringContaining(reason) }),
    );
  });
});
