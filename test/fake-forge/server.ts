import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { gitAs, makeRemote } from '../suites/git-fixtures.ts';
import type { Description, Operation } from './description.ts';
import type { Answer, Fault, FaultKind } from './faults.ts';
import { Faults } from './faults.ts';
import { answerByGit, gitRequestOf } from './git-backend.ts';
import type { Account, FakeIssue, FakeRepository } from './repository.ts';

/** What an operation is asked. Whoever asks may see the repository. */
export interface Asked {
  readonly repository: FakeRepository;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the fake is, without a slash at the end. */
  readonly origin: string;
  readonly account: Account | null;
  readonly accounts: readonly Account[];
}

/** What differs from one forge to the other. */
export interface Kind {
  /** `/api/v4`. */
  readonly api: string;
  /** What the header with the token begins with. */
  readonly scheme: string;
  readonly description: Description;
  /** What each operation does, by its id. */
  readonly operations: Readonly<Record<string, (asked: Asked) => Answer>>;
  /** Operations of no repository, by their ids. */
  readonly elsewhere: Readonly<Record<string, (asked: Omit<Asked, 'repository'>) => Answer>>;
  /** The name of the repository that an operation is for. */
  repositoryOf(path: Readonly<Record<string, string>>): string;
  /** A refusal in the forge's own form. */
  problem(status: 401 | 403 | 404): Answer;
  /** The answer that a fault stands for, or null for one that is no answer. */
  answerOf(kind: FaultKind): Answer | null;
}

/** A forge of our own on loopback: API, clone and push on one host. */
export interface FakeForge extends AsyncDisposable {
  /** Host and port, as the configuration names it. */
  readonly host: string;
  readonly apiUrl: string;
  readonly repositories: Map<string, FakeRepository>;
  /** What did not fit the description, of requests and of answers: empty in a test that is right. */
  readonly violations: string[];
  /** Every request by the id of its operation, or as `git` with its path. */
  readonly requests: string[];
  /** Called with each request for git while git waits for its answer. */
  onGitRequest: (() => void) | null;
  addToken(token: string, account?: Partial<Account>): void;
  /** Makes a repository with one commit on `main`; the result has its URL and a clone of it. */
  addRepository(fullName: string, options?: { readonly isPrivate?: boolean }): Promise<AddedRepository>;
  fault(fault: Fault): void;
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
  readonly kind: Kind;
  readonly repositories: Map<string, FakeRepository>;
  readonly accounts: Map<string, Account>;
  readonly faults: Faults;
  readonly violations: string[];
  readonly requests: string[];
}

/** Starts it; its repositories lie below `directory`. */
export async function startFakeForge(kind: Kind, { directory }: { readonly directory: string }): Promise<FakeForge> {
  const state: State = {
    kind,
    repositories: new Map(),
    accounts: new Map(),
    faults: new Faults(),
    violations: [],
    requests: [],
  };
  const { accounts, repositories, faults, violations, requests } = state;
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      violations.push(`the fake itself failed: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const host = `127.0.0.1:${address.port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${host}`);
    if (url.pathname.startsWith(`${kind.api}/`)) return answerApi(state, request, response, url);
    const forGit = gitRequestOf(url);
    if (!forGit) return void response.writeHead(404).end();
    requests.push(`git ${forGit.path}`);
    fake.onGitRequest?.();
    const refusal = gitRefusal(state, request, forGit);
    if (refusal === 'cut') return void response.destroy();
    if (refusal !== null) {
      const realm = { 'www-authenticate': 'Basic realm="forge"' };
      return void response.writeHead(refusal, refusal === 401 ? realm : {}).end();
    }
    await answerByGit(request, response, { ...forGit, repositories: directory, query: url.search.slice(1) });
  }

  const fake: FakeForge = {
    host,
    apiUrl: `http://${host}${kind.api}`,
    repositories,
    violations,
    requests,
    onGitRequest: null,
    addToken: (token, account = {}) =>
      accounts.set(token, {
        id: accounts.size + 1,
        login: 'ada',
        canPush: true,
        isMember: true,
        isInvited: false,
        ...account,
      }),
    addRepository: (fullName, options = {}) => addRepository(state, { directory, host, fullName, ...options }),
    fault: (fault) => faults.plan(fault),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

async function addRepository(
  { repositories }: State,
  {
    directory,
    host,
    fullName,
    isPrivate = false,
  }: { directory: string; host: string; fullName: string; isPrivate?: boolean },
): Promise<AddedRepository> {
  const path = join(directory, `${fullName}.git`);
  await mkdir(dirname(path), { recursive: true });
  const { url: made, clone, first } = await makeRemote(join(directory, 'made', fullName));
  gitAs(directory, 'clone', '-q', '--bare', '--', made, path);
  gitAs(clone, 'remote', 'set-url', 'origin', path);
  const issues = new Map<number, FakeIssue>();
  const repository: FakeRepository = {
    fullName,
    path,
    isPrivate,
    isEmpty: false,
    issues,
    pulls: [],
    statuses: new Map(),
    stale: new Map(),
    carriedOut: [],
  };
  repositories.set(fullName, repository);
  return {
    url: `http://${host}/${fullName}.git`,
    repository,
    clone,
    firstCommit: first,
    addIssue(issue) {
      const number = issues.size + 1;
      issues.set(number, { title: 'A wish', body: null, comments: [], ...issue, number });
      return number;
    },
  };
}

/** The status with which git is turned away; null lets it in. A private repository is shown to nobody else. */
function gitRefusal(
  { kind, repositories, accounts, faults }: State,
  request: IncomingMessage,
  { repository: name, push }: { readonly repository: string; readonly push: boolean },
): number | 'cut' | null {
  const fault = faults.take('git');
  if (fault !== null) return kind.answerOf(fault)?.status ?? 'cut';
  const token = passwordOf(request.headers.authorization);
  const account = token === null ? undefined : accounts.get(token);
  if (token !== null && !account) return 401;
  const repository = repositories.get(name);
  if (!repository || (repository.isPrivate && !account)) return account ? 404 : 401;
  if (!push) return null;
  if (!account) return 401;
  return account.canPush ? null : 403;
}

async function answerApi(state: State, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const { kind, violations, requests, faults } = state;
  const body = await bodyOf(request);
  const operation = kind.description.operationOf(request.method ?? '', url.pathname.slice(kind.api.length));
  if (!operation) {
    violations.push(`${request.method} ${url.pathname} is not in the description`);
    return send(response, kind.problem(404));
  }
  requests.push(operation.id);
  violations.push(
    ...kind.description.requestFaults(operation, url.searchParams, body),
    ...headerFaults(kind, request, body),
  );
  const fault = faults.take(operation.id);
  if (fault === 'silent') return;
  if (fault === 'cut') return void response.destroy();
  const carriedOut = fault === null || fault === 'answer_lost' || fault === 'cut_after';
  const done = carriedOut ? carryOut(state, request, url, operation, body) : null;
  if (fault === 'cut_after') return void response.destroy();
  const answer = fault === null ? done : kind.answerOf(fault);
  if (!answer) throw new Error(`no answer for ${operation.id}`);
  // A fault may be one that the description does not have.
  if (fault === null) violations.push(...kind.description.responseFaults(operation, answer.status, answer.body));
  send(response, answer);
}

function carryOut(state: State, request: IncomingMessage, url: URL, operation: Operation, body: unknown): Answer {
  const { kind, accounts, repositories } = state;
  const token = tokenOf(kind, request);
  const account = (token === null ? null : accounts.get(token)) ?? null;
  if (token !== null && !account) return kind.problem(401);
  const asked = {
    path: operation.path,
    query: url.searchParams,
    body: (body ?? {}) as Readonly<Record<string, unknown>>,
    origin: url.origin,
    account,
    accounts: [...accounts.values()],
  };
  const elsewhere = kind.elsewhere[operation.id];
  if (elsewhere) return account ? elsewhere(asked) : kind.problem(401);
  const repository = repositories.get(kind.repositoryOf(operation.path));
  if (!repository || (repository.isPrivate && !account)) return kind.problem(404);
  if (request.method !== 'GET' && !account?.canPush) return kind.problem(account ? 403 : 401);
  const run = kind.operations[operation.id];
  if (!run) throw new Error(`the fake does not do ${operation.id}`);
  return run({ ...asked, repository });
}

function headerFaults({ scheme }: Kind, { headers }: IncomingMessage, body: unknown): readonly string[] {
  const { authorization, accept, 'content-type': type, 'user-agent': agent } = headers;
  return [
    ...(agent ? [] : ['a request without a user agent']),
    ...(accept === 'application/json' ? [] : [`a request that accepts ${accept}`]),
    ...(body === undefined || type === 'application/json' ? [] : [`a body of the type ${type}`]),
    ...(authorization === undefined || authorization.startsWith(`${scheme} `) ? [] : ['a token in another form']),
  ];
}

function tokenOf({ scheme }: Kind, { headers }: IncomingMessage): string | null {
  return headers.authorization?.slice(scheme.length + 1) ?? null;
}

/** The token of git, which is the password whatever the user is called. */
function passwordOf(authorization: string | undefined): string | null {
  const value = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (value === undefined) return null;
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

/** A body that is a text stands for what a proxy answers before the forge itself. */
function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === 'string';
  response
    .writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
    .end(isText ? body : JSON.stringify(body));
}
