import { z } from 'zod';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Check, Forge } from '../../ports/forge.ts';
import { openedByHand } from '../plain-git/how-to.ts';
import type { Asked, RestClient, RestSettings } from '../rest-client.ts';
import { escapedPath, repositoryPage } from '../web-page.ts';
import { createGitlabClient, isProject, projectPath } from './client.ts';
import { keepNote, readIssue } from './conversation.ts';
import { openMergeRequest, updateMergeRequest } from './merge-requests.ts';
import { memberSchema, projectSchema, statusSchema, userSchema } from './schema.ts';

/** The access level of the role Developer, the least that may push. */
const DEVELOPER = 30;
/** States of a job that hold nothing up; a manual one waits for a person who may never come. */
const GOOD = new Set(['success', 'skipped', 'manual']);
const BAD = new Set(['failed', 'canceled']);

/** GitLab: by git what git can do, the rest by GitLab's API. */
export function createGitlabForge(settings: RestSettings & { readonly git: Pick<Forge, 'branches' | 'push'> }): Forge {
  const { hosts, credentials, git } = settings;
  const client = createGitlabClient(settings);
  const hasToken = async (repositoryUrl: string) => (await credentials.tokenFor({ repositoryUrl })) !== null;
  return {
    id: 'gitlab',
    opensPullRequests: ({ repositoryUrl }) => hasToken(repositoryUrl),
    recognises: ({ repositoryUrl }) => hosts.find({ repositoryUrl })?.kind === 'gitlab' && isProject(repositoryUrl),
    verify: (asked) => verify(client, asked),
    branches: (input) => git.branches(input),
    push: (input) => git.push(input),
    issue: (asked) => readIssue(client, asked),

    async openPullRequest(asked) {
      if (!(await hasToken(asked.repositoryUrl))) return openedByHand(asked, credentials);
      const draft = hosts.find(asked)?.draftPullRequests ?? false;
      return { opened: true, url: await openMergeRequest(client, { ...asked, draft }) };
    },

    fileUrl: ({ repositoryUrl, branch, path }) =>
      `${repositoryPage(hosts, repositoryUrl)}/-/blob/${escapedPath(`${branch}/${path}`)}`,
    updatePullRequest: (asked) => updateMergeRequest(client, asked),
    keepComment: (asked) => keepNote(client, asked, repositoryPage(hosts, asked.repositoryUrl)),
    mayPush: (asked) => mayPush(client, asked),
    checks: (asked) => readChecks(client, asked),
  };
}

async function verify(client: RestClient, asked: Asked): ReturnType<Forge['verify']> {
  const { path, namespace, default_branch, empty_repo, permissions } = await client.call(asked, {
    what: `read ${asked.repositoryUrl}`,
    path: projectPath(asked.repositoryUrl),
    schema: projectSchema,
  });
  if (empty_repo) throw new WorkOrderError('repository_empty', `${asked.repositoryUrl} has no commit on any branch.`);
  const level = Math.max(permissions?.project_access?.access_level ?? 0, permissions?.group_access?.access_level ?? 0);
  return {
    name: path,
    owner: namespace.full_path,
    defaultBranch: default_branch ?? null,
    mayPush: permissions ? level >= DEVELOPER : null,
  };
}

/** Members by inheritance count. A branch that is protected is not looked at: the service pushes new ones. */
async function mayPush(client: RestClient, asked: Asked & { readonly user: string }): Promise<boolean> {
  const what = `ask what ${asked.user} may do`;
  const users = await client.call(asked, {
    what,
    path: '/users',
    query: { username: asked.user },
    schema: z.array(userSchema),
  });
  const user = users.find(({ username }) => username.toLowerCase() === asked.user.toLowerCase());
  if (!user) return false;
  const members = await client.call(asked, {
    what,
    path: `${projectPath(asked.repositoryUrl)}/members/all`,
    query: { 'user_ids[]': user.id },
    schema: z.array(memberSchema),
  });
  return members.some(
    ({ id, access_level, state }) => id === user.id && access_level >= DEVELOPER && state !== 'blocked',
  );
}

async function readChecks(client: RestClient, asked: Asked & { readonly commit: string }): Promise<readonly Check[]> {
  const statuses = await client.call(asked, {
    what: `read the checks of ${asked.commit.slice(0, 10)}`,
    path: `${projectPath(asked.repositoryUrl)}/repository/commits/${encodeURIComponent(asked.commit)}/statuses`,
    query: { per_page: 100 },
    schema: z.array(statusSchema),
  });
  return statuses.map(({ name, status, allow_failure, target_url }) => ({
    name,
    state: GOOD.has(status) || (BAD.has(status) && allow_failure) ? 'passed' : BAD.has(status) ? 'failed' : 'running',
    url: target_url ?? null,
  }));
}
