import type { Answer } from '../fake-forge/faults.ts';
import { pageOf } from '../fake-forge/pages.ts';
import type { Account, FakeComment, FakeIssue, FakePull, FakeRepository } from '../fake-forge/repository.ts';
import { branchCommit } from '../fake-forge/repository.ts';
import type { Asked, Kind } from '../fake-forge/server.ts';
import { conflict, notFound } from './faults.ts';

const PROJECT_ID = 7;
const FORK_ID = 8;
const TIME = '2026-01-01T00:00:00.000Z';

/** What each operation does, by its id. */
export const OPERATIONS: Kind['operations'] = {
  'projects/get': ({ repository, account, origin }) => ({ status: 200, body: project(repository, account, origin) }),

  'issues/get': (asked) => {
    const issue = issueOf(asked);
    return issue ? { status: 200, body: issueFields(asked, issue) } : notFound('404 Not found');
  },
  'issue_notes/list': (asked) => listNotes(asked, issueOf(asked)),
  'issue_notes/create': (asked) => createNote(asked, issueOf(asked)),
  'issue_notes/update': (asked) => updateNote(asked, issueOf(asked)),
  'merge_request_notes/list': (asked) => listNotes(asked, pullOf(asked)),
  'merge_request_notes/create': (asked) => createNote(asked, pullOf(asked)),
  'merge_request_notes/update': (asked) => updateNote(asked, pullOf(asked)),

  'merge_requests/list': (asked) => {
    const { repository, query } = asked;
    const state = query.get('state') ?? 'all';
    const branch = query.get('source_branch');
    const wanted = repository.pulls.filter(
      (pull) => (state === 'all' || stateOf(pull) === state) && (branch ?? pull.head) === pull.head,
    );
    const body = pageOf(query, 'per_page', wanted.toReversed()).map((pull) => mergeRequest(asked, pull));
    return { status: 200, body };
  },
  'merge_requests/get': (asked) => {
    const pull = pullOf(asked);
    return pull ? { status: 200, body: mergeRequest(asked, pull) } : notFound('404 Not found');
  },
  'merge_requests/create': (asked) => {
    const { repository, body } = asked;
    const [head, base] = [String(body['source_branch']), String(body['target_branch'])];
    const same = repository.pulls.find((pull) => pull.state === 'open' && !pull.isFromFork && pull.head === head);
    if (same) return conflict(`Another open merge request already exists for this source branch: !${same.number}`);
    const pull: FakePull = {
      number: repository.pulls.length + 1,
      title: String(body['title']),
      body: textOf(asked, body['description']),
      head,
      base,
      state: 'open',
      isFromFork: false,
      comments: [],
    };
    repository.pulls.push(pull);
    return { status: 201, body: mergeRequest(asked, pull) };
  },
  'merge_requests/update': (asked) => {
    const pull = pullOf(asked);
    if (!pull) return notFound('404 Not found');
    pull.body = textOf(asked, asked.body['description']);
    return { status: 200, body: mergeRequest(asked, pull) };
  },

  'statuses/list': ({ repository, path, query }) => {
    const statuses = repository.statuses.get(path['sha'] ?? '') ?? [];
    const body = pageOf(query, 'per_page', statuses).map(({ name, state, mayFail }, index) => ({
      id: index + 1,
      sha: path['sha'],
      ref: 'main',
      name,
      status: state,
      allow_failure: mayFail ?? false,
      target_url: null,
      description: null,
    }));
    return { status: 200, body };
  },

  'members/list': ({ accounts, query }) => {
    const wanted = accounts.filter(({ id, isMember }) => isMember && id === Number(query.get('user_ids[]')));
    const members = wanted.map((account) => Object.assign(user(account), { access_level: account.canPush ? 30 : 20 }));
    return { status: 200, body: members };
  },
};

/** Operations of no project. */
export const ELSEWHERE: Kind['elsewhere'] = {
  'user/get': ({ account }) => (account ? { status: 200, body: user(account) } : notFound('404 User Not Found')),
  'users/list': ({ accounts, query }) => ({
    status: 200,
    body: accounts.filter(({ login }) => login === query.get('username')).map(user),
  }),
};

function issueOf({ repository, path }: Asked): FakeIssue | undefined {
  return repository.issues.get(Number(path['iid']));
}

function pullOf({ repository, path }: Asked): FakePull | undefined {
  return repository.pulls.find(({ number }) => number === Number(path['iid']));
}

function listNotes({ query }: Asked, of: { readonly comments: readonly FakeComment[] } | undefined): Answer {
  if (!of) return notFound('404 Not found');
  const { comments } = of;
  const wanted =
    query.get('activity_filter') === 'only_comments' ? comments.filter((each) => !each.isSystem) : comments;
  const sorted = query.get('sort') === 'asc' ? wanted : wanted.toReversed();
  return { status: 200, body: pageOf(query, 'per_page', sorted).map(note) };
}

function createNote(asked: Asked, of: { readonly comments: FakeComment[] } | undefined): Answer {
  if (!of) return notFound('404 Not found');
  const id = Math.max(0, ...of.comments.map((comment) => comment.id)) + 1;
  const comment = { id, login: asked.account?.login ?? 'nobody', body: textOf(asked, asked.body['body']) };
  of.comments.push(comment);
  return { status: 201, body: note(comment) };
}

function updateNote(asked: Asked, of: { readonly comments: FakeComment[] } | undefined): Answer {
  const comment = of?.comments.find(({ id }) => id === Number(asked.path['note_id']));
  if (!comment) return notFound('404 Note Not Found');
  comment.body = textOf(asked, asked.body['body']);
  return { status: 200, body: note(comment) };
}

/** What is kept of a text; lines that begin with a command are carried out. */
function textOf({ repository }: Asked, value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  repository.carriedOut.push(...(text.match(/^\/[a-z_]+(?=\s|$)/gm) ?? []));
  return text;
}

function user({ id, login }: Pick<Account, 'id' | 'login'>) {
  return { id, username: login, name: login, state: 'active', web_url: `https://gitlab.example/${login}` };
}

function project({ fullName, isPrivate, isEmpty }: FakeRepository, account: Account | null, origin: string) {
  const [path = '', ...groups] = fullName.split('/').toReversed();
  const full_path = groups.toReversed().join('/');
  return {
    id: PROJECT_ID,
    name: path,
    path,
    path_with_namespace: fullName,
    namespace: { id: 3, name: full_path, path: groups[0], kind: 'group', full_path },
    default_branch: isEmpty ? null : 'main',
    empty_repo: isEmpty,
    visibility: isPrivate ? 'private' : 'public',
    web_url: `${origin}/${fullName}`,
    http_url_to_repo: `${origin}/${fullName}.git`,
    ...(account ? { permissions: { project_access: null, group_access: accessOf(account) } } : {}),
  };
}

function accessOf({ canPush, isMember, isInvited }: Account) {
  return isMember && !isInvited ? { access_level: canPush ? 30 : 20 } : null;
}

function issueFields({ repository, origin }: Asked, { number, title, body }: FakeIssue) {
  return {
    id: 100 + number,
    iid: number,
    project_id: PROJECT_ID,
    title,
    description: body,
    state: 'opened',
    author: user({ id: 1, login: 'ada' }),
    web_url: `${origin}/${repository.fullName}/-/issues/${number}`,
  };
}

function note({ id, login, body, isSystem = false, isInternal = false }: FakeComment) {
  const author = user({ id: 1, login });
  return { id, body, author, created_at: TIME, updated_at: TIME, system: isSystem, internal: isInternal };
}

function stateOf({ state }: FakePull): string {
  return state === 'open' ? 'opened' : 'closed';
}

function mergeRequest({ repository, origin }: Asked, pull: FakePull) {
  return {
    id: 200 + pull.number,
    iid: pull.number,
    project_id: PROJECT_ID,
    title: pull.title,
    description: pull.body,
    state: stateOf(pull),
    draft: pull.title.startsWith('Draft: '),
    source_branch: pull.head,
    target_branch: pull.base,
    source_project_id: pull.isFromFork ? FORK_ID : PROJECT_ID,
    target_project_id: PROJECT_ID,
    sha: branchCommit(repository, pull.head),
    author: user({ id: 1, login: 'ada' }),
    web_url: `${origin}/${repository.fullName}/-/merge_requests/${pull.number}`,
  };
}
