import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KnownRepositorySchema } from '../../src/contract/known-repository.ts';
import type { AddRepository, ChangeRepository } from '../../src/contract/known-repository.ts';
import { ProblemSchema } from '../../src/contract/problem.ts';
import { Redactor } from '../../src/domain/redact.ts';
import { createApp } from '../../src/http/app.ts';
import { makeGithubWorld } from '../fake-github/world.ts';
import { gitAs, makeRemote, temporaryFolder } from '../suites/git-fixtures.ts';
import { startParts } from './support.ts';

type Parts = Awaited<ReturnType<typeof startParts>>;

const URL_OF_SHOP = 'https://example.test/you/shop.git';

async function ask(parts: Pick<Parts, 'app'>, method: string, path: string, body?: object) {
  return await parts.app.request(path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}

async function known(response: Response) {
  return KnownRepositorySchema.strict().parse(await response.json());
}

async function refusal(response: Response) {
  const { status, code, detail, errors = [] } = ProblemSchema.strict().parse(await response.json());
  return { status, code, detail, paths: errors.map(({ path }) => path).toSorted() };
}

/** Adds a repository that nobody looks at. */
async function add(parts: Parts, more: Partial<AddRepository> = {}) {
  const response = await ask(parts, 'POST', '/repositories', { repository_url: URL_OF_SHOP, verify: false, ...more });
  expect(response.status).toBe(201);
  return known(response);
}

const SETTINGS = {
  display_name: 'The shop',
  default_sandbox_type: 'git_branch',
  default_workflow_type: 'agent_workflow_plan',
  default_agent: 'scripted',
  default_model: 'large',
  default_step_agents: { plan: { agent: 'scripted', model: null } },
  default_base_branch: 'develop',
  checks: ['npm ci', 'npm test'],
} satisfies ChangeRepository;

const NOTHING = {
  display_name: null,
  default_sandbox_type: null,
  default_workflow_type: null,
  default_agent: null,
  default_model: null,
  default_step_agents: {},
  default_base_branch: null,
  checks: [],
};

describe('POST /repositories', () => {
  test('keeps a repository with its defaults, and says where it is', async () => {
    await using parts = await startParts();
    const body = { repository_url: `${URL_OF_SHOP}/`, verify: false, ...SETTINGS, something_new: 1 };
    const response = await ask(parts, 'POST', '/repositories', body);
    expect(response.status).toBe(201);
    const repository = await known(response);
    expect(repository).toMatchObject({ repository_url: URL_OF_SHOP, ...SETTINGS, last_verified_at: null });
    const location = `/repositories/${repository.repository_id}`;
    expect(response.headers.get('location')).toBe(location);
    expect(await known(await ask(parts, 'GET', location))).toEqual(repository);
  });

  test('asks the forge first, and keeps what it says', async () => {
    await using folder = await temporaryFolder();
    await using world = await makeGithubWorld(join(folder.path, 'github'));
    const { forge, github, engine } = world;
    await using parts = await startParts({ forges: { forges: [forge], forRepository: () => forge } });
    github.addToken('of-a-reader', { canPush: false });
    world.environment.TOKEN_OF_TEST = 'of-a-reader';
    const response = await ask(parts, 'POST', '/repositories', { repository_url: engine.url });
    const repository = await known(response);
    const facts = { repository_owner: 'ada', repository_name: 'engine', default_branch: 'main', may_push: false };
    expect(repository).toMatchObject({ ...facts, ...NOTHING, verification_error: null });
    expect(repository.last_verified_at).not.toBeNull();
    // What it said stays beside the reason why it says nothing now.
    world.environment.TOKEN_OF_TEST = 'of-nobody';
    const again = await ask(parts, 'POST', `/repositories/${repository.repository_id}/verify`);
    const problem = { verification_error: expect.stringContaining('Make a new token') };
    expect(await known(again)).toEqual({ ...repository, ...problem });
  });

  test('does not keep what cannot be read, unless nobody is to look', async () => {
    await using parts = await startParts();
    gitAs(parts.folder, 'init', '-q', '--bare', 'empty.git');
    const repository_url = join(parts.folder, 'empty.git');
    expect(await refusal(await ask(parts, 'POST', '/repositories', { repository_url }))).toEqual({
      status: 422,
      code: 'repository_not_verified',
      detail: expect.stringContaining('has no commit'),
      paths: ['repository_url'],
    });
    expect(await (await ask(parts, 'GET', '/repositories')).json()).toEqual([]);
    const { repository_id } = await add(parts, { repository_url });
    const looked = await known(await ask(parts, 'POST', `/repositories/${repository_id}/verify`));
    expect(looked).toMatchObject({ last_verified_at: null, verification_error: expect.stringContaining('no commit') });
  });

  test('refuses a URL that is known, also in its other spelling, and says by which id', async () => {
    await using parts = await startParts();
    const { repository_id } = await add(parts);
    for (const repository_url of [URL_OF_SHOP, 'https://EXAMPLE.test/you/shop']) {
      const answer = await refusal(await ask(parts, 'POST', '/repositories', { repository_url, checks: ['make'] }));
      expect(answer).toMatchObject({ status: 409, code: 'repository_exists', paths: ['repository_url'] });
      expect(answer.detail).toContain(repository_id);
    }
    expect(await known(await ask(parts, 'GET', `/repositories/${repository_id}`))).toMatchObject({ checks: [] });
  });

  test('names every fault by its path', async () => {
    await using parts = await startParts();
    const faulty = {
      repository_url: '',
      display_name: 'two\nlines',
      default_sandbox_type: 'e2b',
      default_workflow_type: 'x',
      default_agent: '',
      default_step_agents: { commit: { agent: 'scripted' } },
      checks: ['npm test', ' ', 'x'.repeat(1_001)],
      verify: 'no',
    };
    const answer = await refusal(await ask(parts, 'POST', '/repositories', faulty));
    expect(answer).toMatchObject({ status: 422, code: 'invalid_request' });
    expect(answer.paths).toEqual([
      'checks.1',
      'checks.2',
      'default_agent',
      'default_sandbox_type',
      'default_step_agents',
      'default_workflow_type',
      'display_name',
      'repository_url',
      'verify',
    ]);
  });

  test.each([
    [{ default_sandbox_type: 'e2b' }, 'sandbox_type_unavailable', ['default_sandbox_type']],
    [{ checks: Array.from({ length: 21 }, () => 'make') }, 'invalid_request', ['checks']],
    [{ repository_url: 'https://token@example.test/a/b' }, 'repository_url_refused', ['repository_url']],
    [
      { default_base_branch: 'a..b', default_model: 'm', default_step_agents: { plan: { model: 'm' } } },
      'invalid_request',
      ['default_base_branch', 'default_model', 'default_step_agents.plan.model'],
    ],
    [
      { default_agent: 'hal', default_step_agents: { plan: { agent: 'hal' }, implement: { agent: 'scripted' } } },
      'agent_unavailable',
      ['default_agent', 'default_step_agents.plan.agent'],
    ],
  ])('refuses %j as a work order would be', async (settings, code, paths) => {
    await using parts = await startParts();
    const body = { repository_url: URL_OF_SHOP, verify: false, ...settings };
    expect(await refusal(await ask(parts, 'POST', '/repositories', body))).toMatchObject({ status: 422, code, paths });
  });

  test('keeps no secret of the service', async () => {
    await using parts = await startParts({ redactor: new Redactor([{ name: 'TOKEN', value: 'hush-hush-hush' }]) });
    const { checks } = await add(parts, { checks: ['curl -H hush-hush-hush'] });
    expect(checks).toEqual(['curl -H [redacted TOKEN]']);
  });
});

describe('PATCH /repositories/{repository_id}', () => {
  test('changes what is named, clears what is null, and leaves the rest', async () => {
    await using parts = await startParts();
    const { repository_id, updated_at, ...rest } = await add(parts, SETTINGS);
    const path = `/repositories/${repository_id}`;
    const changed = await known(await ask(parts, 'PATCH', path, { checks: ['make'], default_base_branch: null }));
    expect(changed).toMatchObject({ ...rest, checks: ['make'], default_base_branch: null });
    expect(changed.updated_at >= updated_at).toBe(true);
    const cleared = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, null]));
    expect(await known(await ask(parts, 'PATCH', path, cleared))).toMatchObject(NOTHING);
    expect(await known(await ask(parts, 'PATCH', path, {}))).toMatchObject(NOTHING);
  });

  test('two at once both count', async () => {
    await using parts = await startParts();
    const { repository_id } = await add(parts);
    const path = `/repositories/${repository_id}`;
    await Promise.all([
      ask(parts, 'PATCH', path, { display_name: 'The shop' }),
      ask(parts, 'PATCH', path, { checks: ['make'] }),
    ]);
    expect(await known(await ask(parts, 'GET', path))).toMatchObject({ display_name: 'The shop', checks: ['make'] });
  });

  test('refuses a model without its agent, another URL, and what is not there', async () => {
    await using parts = await startParts();
    const { repository_id } = await add(parts, SETTINGS);
    const patch = async (id: string, body: object) => refusal(await ask(parts, 'PATCH', `/repositories/${id}`, body));
    expect(await patch(repository_id, { default_agent: null })).toMatchObject({
      status: 422,
      paths: ['default_model'],
    });
    const other = { repository_url: 'https://example.test/you/other' };
    expect(await patch(repository_id, other)).toMatchObject({ status: 422, paths: ['repository_url'] });
    for (const id of ['repo-nobody', 'wo-1']) {
      expect(await patch(id, {})).toMatchObject({ status: 404, code: 'repository_not_found' });
    }
    expect(await known(await ask(parts, 'GET', `/repositories/${repository_id}`))).toMatchObject(SETTINGS);
  });
});

describe('GET /repositories', () => {
  test('is a plain array in pages, and finds one by its URL', async () => {
    await using parts = await startParts();
    const ids = new Set<string>();
    for (const name of ['a', 'b', 'c']) {
      ids.add((await add(parts, { repository_url: `https://example.test/you/${name}` })).repository_id);
    }
    const seen: string[] = [];
    for (let path: string | undefined = '/repositories?limit=2'; path !== undefined;) {
      const page: Response = await ask(parts, 'GET', path);
      seen.push(
        ...KnownRepositorySchema.strict()
          .array()
          .parse(await page.json())
          .map((one) => one.repository_id),
      );
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect([seen.length, new Set(seen)]).toEqual([3, ids]);
    const found = await ask(parts, 'GET', '/repositories?repository_url=https://EXAMPLE.test/you/b.git');
    expect(await found.json()).toMatchObject([{ repository_url: 'https://example.test/you/b' }]);
    const gone = await ask(parts, 'GET', '/repositories?repository_url=/nowhere');
    expect(await gone.json()).toEqual([]);
    expect((await ask(parts, 'GET', '/repositories?cursor=x')).status).toBe(422);
  });
});

test('DELETE /repositories/{repository_id} forgets it, once, and its URL can be added again', async () => {
  await using parts = await startParts();
  const { repository_id } = await add(parts);
  const path = `/repositories/${repository_id}`;
  const gone = await ask(parts, 'DELETE', path);
  expect([gone.status, await gone.text()]).toEqual([204, '']);
  for (const method of ['DELETE', 'GET']) expect((await ask(parts, method, path)).status).toBe(404);
  expect((await add(parts)).repository_id).not.toBe(repository_id);
});

test('a history that is open for reading only shows repositories and changes none', async () => {
  await using parts = await startParts();
  const { repository_id } = await add(parts);
  const app = createApp({ ...parts.dependencies, workOrders: null, knownRepositories: null });
  const path = `/repositories/${repository_id}`;
  expect(await known(await ask({ app }, 'GET', path))).toMatchObject({ repository_id });
  const changes = [
    ['POST', '/repositories', { repository_url: URL_OF_SHOP }],
    ['PATCH', path, {}],
    ['DELETE', path, undefined],
    ['POST', `${path}/verify`, undefined],
  ] as const;
  for (const [method, where, body] of changes) {
    const answer = await refusal(await ask({ app }, method, where, body));
    expect(answer).toMatchObject({ status: 503, code: 'read_only' });
  }
});

test('a local repository is found by its real path', async () => {
  await using parts = await startParts();
  const { url } = await makeRemote(join(parts.folder, 'forge'));
  const { repository_name } = await known(
    await ask(parts, 'POST', '/repositories', { repository_url: `file://${url}` }),
  );
  expect(repository_name).toBe('remote');
  const found = await ask(parts, 'GET', `/repositories?repository_url=${encodeURIComponent(url)}`);
  expect(await found.json()).toMatchObject([{ repository_url: url, default_branch: 'main' }]);
});
