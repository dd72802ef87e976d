import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gitAs, makeRemote } from '../suites/git-fixtures.ts';
import type { Operation } from '../fake-forge/description.ts';
import type { Answer, Fault } from '../fake-forge/faults.ts';
import { Faults } from '../fake-forge/faults.ts';
import { answerByGit, gitRequestOf } from '../fake-forge/git-backend.ts';
import type { FakeApp } from './apps.ts';
import { answerApp, installedTokenOf } from './apps.ts';
import { DESCRIPTION } from './description.ts';
import { answerOf, problem } from './faults.ts';
import { OPERATIONS, whoIs } from './operations.ts';
import type { Account, FakeIssue, FakeRepository } from './repository.ts';

const API = '/api/v3';

/** A GitHub of our own on loopback: API, clone and push on one host, as GitHub Enterprise has them. */
export interface FakeGithub extends AsyncDisposable {
  /** Host and port, as the configuration names it. */
  readonly host: string;
  readonly apiUrl: string;
  readonly repositories: Map<string, FakeRepository>;
  /** What did not fit GitHub's own description, of requests and of answers: empty in a test that is right. */
  readonly violations: string[];
  /** Every request by the id of its operation, or as `git` with its path. */
  readonly requests: string[];
  /** Called with each request for git, whose answer waits for it. */
  onGitRequest: ((request: { readonly push: boolean }) => void | Promise<void>) | null;
  /** What it takes the time to be, for the tokens of apps. */
  now: () => number;
  /** Apps are the caller's to change: what is taken away counts from the next request. */
  readonly apps: FakeApp[];
  addToken(token: string, account?: Partial<Account>): void;
  /** Makes `ada/NAME` with one commit on `main`; the result has its URL and a clone of it. */
  addRepository(name: string, options?: { readonly isPrivate?: boolean }): Promise<AddedRepository>;
  fault(fault: Fault): void;
  clearFaults(): void;
}

export interface AddedRepository {
  readonly url: string;
  readonly repository: FakeRepository;
  /** A clone with an `origin` that needs no token. */
  readonly clone: string;
  readonly firstCommit: string;
  addIssue(issue: Partial<Omit<FakeIssue, 'number'>>): number;
}

interface State {
  readonly apps: FakeApp[];
  readonly now: () => number;
  readonly repositories: Map<string, FakeRepository>;
  readonly accounts: Map<string, Account>;
  readonly faults: Faults;
  readonly violations: string[];
  readonly requests: string[];
}

/** Starts it; its repositories lie below `directory`. */
export async function startFakeGithub({ directory }: { readonly directory: string }): Promise<FakeGithub> {
  const state: State = {
    apps: [],
    now: () => fake.now(),
    repositories: new Map(),
    accounts: new Map(),
    faults: new Faults(),
    violations: [],
    requests: [],
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      state.violations.push(`the fake itself failed: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (url.pathname.startsWith(`${API}/`)) return answerApi(state, request, response, url);
    const forGit = gitRequestOf(url);
    if (!forGit) return void response.writeHead(404).end();
    state.requests.push(`git ${forGit.path}`);
    await fake.onGitRequest?.(forGit);
    const refusal = gitRefusal(state, request, forGit);
    if (refusal === 'cut') return void response.destroy();
    if (refusal !== null) {
      const realm = { 'www-authenticate': 'Basic realm="GitHub"' };
      return void response.writeHead(refusal, refusal === 401 ? realm : {}).end();
    }
    await answerByGit(request, response, { ...forGit, repositories: directory, query: url.search.slice(1) });
  }

  const fake: FakeGithub = {
    host,
    apiUrl: `http://${host}${API}`,
    repositories: state.repositories,
    violations: state.violations,
    requests: state.requests,
    onGitRequest: null,
    now: () => Date.now(),
    apps: state.apps,
    addToken: (token, account = {}) =>
      state.accounts.set(token, { login: 'ada', canPush: true, isApp: false, ...account }),
    addRepository: (name, options = {}) => addRepository(state, { directory, host, name, ...options }),
    fault: (fault) => state.faults.plan(fault),
    clearFaults: () => state.faults.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

async function addRepository(
  { repositories }: State,
  { directory, host, name, isPrivate = false }: { directory: string; host: string; name: string; isPrivate?: boolean },
): Promise<AddedRepository> {
  const owner = 'ada';
  await mkdir(join(directory, owner), { recursive: true });
  const path = join(directory, owner, `${name}.git`);
  const { url: made, clone, first } = await makeRemote(join(directory, 'made', name));
  gitAs(directory, 'clone', '-q', '--bare', '--', made, path);
  gitAs(clone, 'remote', 'set-url', 'origin', path);
  const repository: FakeRepository = {
    owner,
    name,
    path,
    isPrivate,
    defaultBranch: 'main',
    issues: new Map(),
    pulls: [],
    checkRuns: new Map(),
    stale: new Map(),
    nextNumber: 1,
  };
  repositories.set(`${owner}/${name}`, repository);
  return {
    url: `http://${host}/${owner}/${name}.git`,
    repository,
    clone,
    firstCommit: first,
    addIssue(issue) {
      const number = repository.nextNumber;
      repository.nextNumber += 1;
      repository.issues.set(number, { title: 'A wish', body: null, comments: [], ...issue, number });
      return number;
    },
  };
}

/** The status with which git is turned away; null lets it in. GitHub shows a private repository to nobody else. */
function gitRefusal(
  state: State,
  request: IncomingMessage,
  { repository: name, push }: { readonly repository: string; readonly push: boolean },
): number | 'cut' | null {
  const { repositories, faults } = state;
  const fault = faults.take('git');
  if (fault !== null) return answerOf(fault)?.status ?? 'cut';
  const token = tokenOf(request.headers.authorization);
  const account = accountOf(state, token);
  if (token !== null && !account) return 401;
  const repository = repositories.get(name);
  if (!repository || (repository.isPrivate && !opens(account, name))) return account ? 404 : 401;
  if (!push) return null;
  if (!account) return 401;
  return account.canPush ? null : 403;
}

async function answerApi(state: State, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const body = await bodyOf(request);
  const operation = DESCRIPTION.operationOf(request.method ?? '', url.pathname.slice(API.length));
  if (!operation) {
    state.violations.push(`${request.method} ${url.pathname} is not in the description`);
    return send(response, problem(404, 'Not Found'));
  }
  state.requests.push(operation.id);
  state.violations.push(...DESCRIPTION.requestFaults(operation, url.searchParams, body), ...headerFaults(request));
  const fault = state.faults.take(operation.id);
  if (fault === 'silent') return;
  if (fault === 'cut') return void response.destroy();
  const carriedOut = fault === null || fault === 'answer_lost' || fault === 'cut_after';
  const done = carriedOut ? carryOut(state, request, url, operation, body) : null;
  if (fault === 'cut_after') return void response.destroy();
  const answer = fault === null ? done : answerOf(fault);
  if (!answer) throw new Error(`no answer for ${operation.id}`);
  state.violations.push(...DESCRIPTION.responseFaults(operation, answer.status, answer.body));
  send(response, answer);
}

function accountOf({ accounts, apps, now }: State, token: string | null): Account | undefined {
  return token === null ? undefined : (accounts.get(token) ?? installedTokenOf(apps, { token, now: now() }));
}

function opens(account: Account | undefined, repository: string): boolean {
  return account !== undefined && (account.only ?? repository) === repository;
}

function carryOut(state: State, request: IncomingMessage, url: URL, operation: Operation, body: unknown): Answer {
  const token = tokenOf(request.headers.authorization);
  if (operation.id.startsWith('apps/')) {
    return answerApp(state.apps, { operation, webToken: token ?? '', body, origin: url.origin, now: state.now() });
  }
  const account = accountOf(state, token);
  if (token !== null && !account) return problem(401, 'Bad credentials');
  if (operation.id === 'users/get-authenticated') return whoIs(account);
  const name = `${operation.path['owner']}/${operation.path['repo']}`;
  const repository = state.repositories.get(name);
  if (!repository || (repository.isPrivate && !opens(account, name))) return problem(404, 'Not Found');
  const writes = request.method !== 'GET';
  if (writes && !account) return problem(401, 'Requires authentication');
  if (writes && !account?.canPush) return problem(403, 'Resource not accessible by personal access token');
  const run = OPERATIONS[operation.id];
  if (!run) throw new Error(`the fake does not do ${operation.id}`);
  return run({
    repository,
    path: operation.path,
    query: url.searchParams,
    body: (body ?? {}) as Readonly<Record<string, unknown>>,
    origin: url.origin,
    login: account?.login ?? 'nobody',
    canPush: account?.canPush ?? false,
    accounts: [...state.accounts.values()],
  });
}

/** GitHub turns requests without a name away, and asks for its media type. */
function headerFaults({ headers }: IncomingMessage): readonly string[] {
  return [
    ...(headers['user-agent'] ? [] : ['a request without a user agent']),
    ...(headers.accept?.includes('application/vnd.github') ? [] : [`a request that accepts ${headers.accept}`]),
  ];
}

/** The token of a request: of the API as a bearer, of git as the password. */
function tokenOf(authorization: string | undefined): string | null {
  const [kind, value = ''] = authorization?.split(' ', 2) ?? [];
  if (kind === undefined) return null;
  if (/^(?:token|bearer)$/i.test(kind)) return value;
  return Buffer.from(value, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}
