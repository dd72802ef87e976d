import type { Answer } from '../fake-forge/faults.ts';
import { invalid, problem } from './faults.ts';
import { filled } from './fill.ts';
import type { Account, FakeComment, FakeIssue, FakePull, FakeRepository } from './repository.ts';
import { branchCommit } from './repository.ts';

interface Asked {
  readonly repository: FakeRepository;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the fake is, without a slash at the end. */
  readonly origin: string;
  readonly login: string;
  readonly canPush: boolean;
  /** Everybody whom this GitHub knows. */
  readonly accounts: readonly Account[];
}

/** What each operation does, by its id. Whoever asks may see the repository. */
export const OPERATIONS: Readonly<Record<string, (asked: Asked) => Answer>> = {
  'repos/get': ({ repository, origin, canPush }) => ({
    status: 200,
    body: filled('full-repository', {
      ...repositoryFields(repository, origin),
      permissions: { admin: false, maintain: false, push: canPush, triage: canPush, pull: true },
    }),
  }),

  'issues/get': (asked) => {
    const issue = issueOf(asked);
    return issue ? { status: 200, body: issueFields(asked, issue) } : problem(404, 'Not Found');
  },

  'issues/list-comments': (asked) => {
    const issue = issueOf(asked);
    if (!issue) return problem(404, 'Not Found');
    const { items, headers } = page(asked, issue.comments);
    return { status: 200, headers, body: items.map((comment) => commentFields(asked, issue.number, comment)) };
  },

  'issues/create-comment': (asked) => {
    const issue = issueOf(asked);
    if (!issue) return problem(404, 'Not Found');
    const id = 1 + Math.max(0, ...[...asked.repository.issues.values()].flatMap(commentIds));
    const comment = { id, login: asked.login, body: String(asked.body['body']) };
    issue.comments.push(comment);
    return { status: 201, body: commentFields(asked, issue.number, comment) };
  },

  'issues/update-comment': (asked) => {
    const { repository, path, body } = asked;
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find(({ id }) => id === Number(path['comment_id']));
      if (!comment) continue;
      comment.body = String(body['body']);
      return { status: 200, body: commentFields(asked, issue.number, comment) };
    }
    return problem(404, 'Not Found');
  },

  'repos/get-collaborator-permission-level': ({ path, accounts, canPush }) => {
    const login = path['username'] ?? '';
    if (!canPush) return problem(403, 'Must have push access to view collaborator permission.');
    const account = accounts.find((each) => each.login === login);
    if (!account) return problem(404, `${login} is not a user`);
    const role = account.canPush ? 'write' : 'read';
    return { status: 200, body: filled('repository-collaborator-permission', { permission: role, role_name: role }) };
  },

  'pulls/list': (asked) => {
    const { repository, query } = asked;
    const [owner, head] = query.get('head')?.split(/:(.*)/s, 2) ?? [];
    const state = query.get('state') ?? 'open';
    const wanted = repository.pulls.filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        (owner === undefined || (owner === repository.owner && pull.head === head)) &&
        (query.get('base') ?? pull.base) === pull.base,
    );
    const { items, headers } = page(asked, wanted.toReversed());
    return { status: 200, headers, body: items.map((pull) => pullFields(asked, pull, 'pull-request-simple')) };
  },

  'pulls/get': (asked) => {
    const pull = pullOf(asked);
    return pull ? { status: 200, body: pullFields(asked, pull, 'pull-request') } : problem(404, 'Not Found');
  },

  'pulls/create': (asked) => {
    const { repository, body } = asked;
    const [head, base] = [String(body['head']), String(body['base'])];
    const [from, to] = [branchCommit(repository, head), branchCommit(repository, base)];
    if (from === null || to === null) return invalid(`${from === null ? 'head' : 'base'} is not a branch`);
    if (from === to) return invalid(`No commits between ${base} and ${head}`);
    if (repository.pulls.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base))
      return invalid(`A pull request already exists for ${repository.owner}:${head}.`);
    const pull: FakePull = {
      number: repository.nextNumber,
      title: String(body['title']),
      body: typeof body['body'] === 'string' ? body['body'] : null,
      head,
      base,
      draft: body['draft'] === true,
      state: 'open',
    };
    repository.nextNumber += 1;
    repository.pulls.push(pull);
    const { number, title } = pull;
    repository.issues.set(number, { number, title, body: pull.body, comments: [] });
    return { status: 201, body: pullFields(asked, pull, 'pull-request') };
  },

  'pulls/update': (asked) => {
    const pull = pullOf(asked);
    if (!pull) return problem(404, 'Not Found');
    if (typeof asked.body['body'] === 'string') pull.body = asked.body['body'];
    return { status: 200, body: pullFields(asked, pull, 'pull-request') };
  },

  'checks/list-for-ref': (asked) => {
    const runs = asked.repository.checkRuns.get(asked.path['ref'] ?? '') ?? [];
    const { items, headers } = page(asked, runs);
    const check_runs = items.map((run) => filled('check-run', { ...run, head_sha: asked.path['ref'] }));
    return { status: 200, headers, body: { total_count: runs.length, check_runs } };
  },
};

/** The one operation that is about no repository. */
export function whoIs(account: Account | undefined): Answer {
  if (!account) return problem(401, 'Requires authentication');
  if (account.isApp) return problem(403, 'Resource not accessible by integration');
  return { status: 200, body: filled('public-user', { login: account.login, user_view_type: 'public' }) };
}

function issueOf({ repository, path }: Asked): FakeIssue | undefined {
  return repository.issues.get(Number(path['issue_number']));
}

function commentIds({ comments }: FakeIssue): readonly number[] {
  return comments.map(({ id }) => id);
}

function pullOf({ repository, path }: Asked): FakePull | undefined {
  return repository.pulls.find(({ number }) => number === Number(path['pull_number']));
}

/** One page of a list, with the header that names the next one. */
function page<Item>({ query, origin }: Asked, all: readonly Item[]) {
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const number = Number(query.get('page') ?? 1);
  const items = all.slice((number - 1) * size, number * size);
  const link = `<${origin}/next?page=${number + 1}>; rel="next"`;
  return { items, headers: all.length > number * size ? { link } : {} };
}

function repositoryFields({ owner, name, isPrivate, defaultBranch }: FakeRepository, origin: string) {
  return {
    name,
    full_name: `${owner}/${name}`,
    owner: filled('simple-user', { login: owner }),
    private: isPrivate,
    default_branch: defaultBranch,
    html_url: `${origin}/${owner}/${name}`,
    clone_url: `${origin}/${owner}/${name}.git`,
  };
}

function issueFields({ repository, origin }: Asked, { number, title, body, comments }: FakeIssue) {
  const page = `${origin}/${repository.owner}/${repository.name}`;
  const isPull = repository.pulls.some((pull) => pull.number === number);
  const links = { url: page, html_url: `${page}/pull/${number}`, diff_url: page, patch_url: page };
  return filled('issue', {
    number,
    title,
    body,
    state: 'open',
    comments: comments.length,
    html_url: `${page}/issues/${number}`,
    user: filled('simple-user', { login: 'ada' }),
    ...(isPull ? { pull_request: links } : {}),
  });
}

function commentFields({ repository, origin }: Asked, issue: number, { id, login, body }: FakeComment) {
  return filled('issue-comment', {
    id,
    body,
    html_url: `${origin}/${repository.owner}/${repository.name}/issues/${issue}#issuecomment-${id}`,
    user: filled('simple-user', { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' }),
  });
}

function pullFields({ repository, origin }: Asked, pull: FakePull, schema: 'pull-request' | 'pull-request-simple') {
  const { owner, name } = repository;
  const side = (branch: string) => ({
    label: `${owner}:${branch}`,
    ref: branch,
    repo: filled('repository', repositoryFields(repository, origin)),
    sha: branchCommit(repository, branch) ?? '0'.repeat(40),
    user: filled('simple-user', { login: owner }),
  });
  return filled(schema, {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.draft,
    head: side(pull.head),
    base: side(pull.base),
    html_url: `${origin}/${owner}/${name}/pull/${pull.number}`,
  });
}
