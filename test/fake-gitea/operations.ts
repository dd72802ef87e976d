import type { Answer } from '../fake-forge/faults.ts';
import { pageOf } from '../fake-forge/pages.ts';
import type { Account, FakeComment, FakeIssue, FakePull, FakeRepository } from '../fake-forge/repository.ts';
import { branchCommit } from '../fake-forge/repository.ts';
import type { Asked, Kind } from '../fake-forge/server.ts';
import { problem, refusal } from './faults.ts';

const REPOSITORY_ID = 7;
const FORK_ID = 8;
const TIME = '2026-01-01T00:00:00Z';

/** What each operation does, by its id. */
export const OPERATIONS: Kind['operations'] = {
  repoGet: ({ repository, account, origin }) => ({ status: 200, body: repositoryFields(repository, account, origin) }),

  issueGetIssue: (asked) => {
    const issue = issueOf(asked);
    return issue ? { status: 200, body: issueFields(asked, issue) } : problem(404);
  },
  issueGetComments: (asked) => {
    const issue = issueOf(asked);
    if (!issue) return problem(404);
    return { status: 200, body: issue.comments.map((comment) => commentFields(asked, issue.number, comment)) };
  },
  issueCreateComment: (asked) => {
    const issue = issueOf(asked);
    if (!issue) return problem(404);
    const id = Math.max(0, ...issue.comments.map((comment) => comment.id)) + 1;
    const comment = { id, login: asked.account?.login ?? 'nobody', body: String(asked.body['body']) };
    issue.comments.push(comment);
    return { status: 201, body: commentFields(asked, issue.number, comment) };
  },
  issueEditComment: (asked) => {
    for (const issue of asked.repository.issues.values()) {
      const comment = issue.comments.find(({ id }) => id === Number(asked.path['id']));
      if (!comment) continue;
      comment.body = String(asked.body['body']);
      return { status: 200, body: commentFields(asked, issue.number, comment) };
    }
    return problem(404);
  },

  repoListPullRequests: (asked) => {
    const { repository, query } = asked;
    const state = query.get('state') ?? 'open';
    const wanted = repository.pulls.filter((pull) => state === 'all' || pull.state === state);
    const body = pageOf(query, 'limit', wanted.toReversed()).map((pull) => pullFields(asked, pull));
    return { status: 200, body };
  },
  repoGetPullRequestByBaseHead: (asked) => {
    const { base, head } = asked.path;
    const pull = asked.repository.pulls.find(
      (each) => each.state === 'open' && !each.isFromFork && each.base === base && each.head === head,
    );
    return pull ? { status: 200, body: pullFields(asked, pull) } : problem(404);
  },
  repoGetPullRequest: (asked) => {
    const pull = pullOf(asked);
    return pull ? { status: 200, body: pullFields(asked, pull) } : problem(404);
  },
  repoCreatePullRequest: (asked) => createPull(asked),
  repoEditPullRequest: (asked) => {
    const pull = pullOf(asked);
    if (!pull) return problem(404);
    pull.body = String(asked.body['body']);
    return { status: 201, body: pullFields(asked, pull) };
  },

  repoGetCombinedStatusByRef: ({ repository, path, origin, account }) => {
    const found = repository.statuses.get(path['ref'] ?? '') ?? [];
    const statuses = found.map(({ name, state }, index) => ({
      id: index + 1,
      context: name,
      status: state,
      target_url: '',
      description: '',
    }));
    return {
      status: 200,
      body: {
        state: statuses.length > 0 ? 'pending' : '',
        sha: path['ref'],
        total_count: statuses.length,
        statuses: statuses.length > 0 ? statuses : null,
        repository: repositoryFields(repository, account, origin),
      },
    };
  },

  repoGetRepoPermissions: ({ accounts, account, path }) => {
    if (!account?.canPush) return refusal(403, 'Only admins can query all permissions');
    const wanted = accounts.find(({ login }) => login === path['collaborator']);
    if (!wanted) return problem(404);
    const permission = wanted.canPush ? 'write' : 'read';
    return { status: 200, body: { permission, role_name: '', user: user(wanted) } };
  },
};

/** Operations of no repository. */
export const ELSEWHERE: Kind['elsewhere'] = {
  userGetCurrent: ({ account }) => (account ? { status: 200, body: user(account) } : problem(401)),
};

function createPull(asked: Asked): Answer {
  const { repository, body } = asked;
  const [head, base] = [String(body['head']), String(body['base'])];
  if (branchCommit(repository, head) === null || branchCommit(repository, base) === null) return problem(404);
  const isSame = (pull: FakePull) => pull.state === 'open' && !pull.isFromFork && pull.head === head;
  if (repository.pulls.some(isSame)) return refusal(409, 'pull request already exists for these targets');
  const number = repository.issues.size + 1;
  const title = String(body['title']);
  const text = typeof body['body'] === 'string' ? body['body'] : '';
  const comments: FakeComment[] = [];
  const pull: FakePull = { number, title, body: text, head, base, state: 'open', isFromFork: false, comments };
  repository.pulls.push(pull);
  // Issues and pull requests are numbered together.
  repository.issues.set(number, { number, title, body: text, comments });
  return { status: 201, body: pullFields(asked, pull) };
}

function issueOf({ repository, path }: Asked): FakeIssue | undefined {
  return repository.issues.get(Number(path['index']));
}

function pullOf({ repository, path }: Asked): FakePull | undefined {
  return repository.pulls.find(({ number }) => number === Number(path['index']));
}

function user({ id, login }: Pick<Account, 'id' | 'login'>) {
  return { id, login, full_name: '', email: `${login}@example.org` };
}

function repositoryFields({ fullName, isPrivate, isEmpty }: FakeRepository, account: Account | null, origin: string) {
  const [owner = '', name = ''] = fullName.split('/');
  return {
    id: REPOSITORY_ID,
    name,
    full_name: fullName,
    owner: user({ id: 1, login: owner }),
    private: isPrivate,
    empty: isEmpty,
    default_branch: 'main',
    html_url: `${origin}/${fullName}`,
    clone_url: `${origin}/${fullName}.git`,
    permissions: { admin: false, push: account?.canPush ?? false, pull: true },
  };
}

function issueFields({ repository, origin }: Asked, { number, title, body, comments }: FakeIssue) {
  const isPull = repository.pulls.some((pull) => pull.number === number);
  return {
    id: 100 + number,
    number,
    title,
    body: body ?? '',
    state: 'open',
    comments: comments.length,
    user: user({ id: 1, login: 'ada' }),
    html_url: `${origin}/${repository.fullName}/${isPull ? 'pulls' : 'issues'}/${number}`,
    pull_request: isPull ? { merged: false, merged_at: null } : null,
  };
}

function commentFields({ repository, origin }: Asked, issue: number, { id, login, body }: FakeComment) {
  return {
    id,
    body,
    html_url: `${origin}/${repository.fullName}/issues/${issue}#issuecomment-${id}`,
    user: user({ id: 1, login }),
    created_at: TIME,
    updated_at: TIME,
  };
}

function pullFields({ repository, origin }: Asked, pull: FakePull) {
  const side = (branch: string, repo_id: number) => ({
    label: branch,
    ref: branch,
    repo_id,
    sha: branchCommit(repository, branch) ?? '0'.repeat(40),
  });
  return {
    id: 200 + pull.number,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.title.startsWith('WIP: '),
    merged: false,
    head: side(pull.head, pull.isFromFork ? FORK_ID : REPOSITORY_ID),
    base: side(pull.base, REPOSITORY_ID),
    user: user({ id: 1, login: 'ada' }),
    html_url: `${origin}/${repository.fullName}/pulls/${pull.number}`,
  };
}
