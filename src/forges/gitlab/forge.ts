import { z } from 'zod';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Check, Forge } from '../../ports/forge.ts';
import { expectPush } from '../expect-push.ts';
import { openedByHand } from '../plain-git/how-to.ts';
import type { Asked, RestClient, RestSettings } from '../rest-client.ts';
import { escapedPath, repositoryPage } from '../web-page.ts';
import { createGitlabClient, isProject, projectPath } from './client.ts';
import { keepNote, readIssue } from './conversation.ts';
import { openMergeRequest, updateMergeRequest } from './merge-requests.ts';
import type { Member } from './schema.ts';
import { memberSchema, projectSchema, statusSchema, userSchema } from './schema.ts';

/** The access level of the role Developer, the least that may push. */
const DEVELOPER = 30;
/** What a token needs to push. */
const NEEDS = 'the scope api, and in the project the role Developer';
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
    expectPush: (asked) => expectPush(asked, { verify: (wanted) => verify(client, wanted), credentials, needs: NEEDS }),
    branches: (input) => git.branches(input),
    push: (input) => git.push(input),
    issue: (asked) => readIssue(client, asked),

    async openPullRequest(asked) {
      if (!(await hasToken(asked.repositoryUrl))) return openedByHand(asked, credentials);
      const draft = asked.draft || (hosts.find(asked)?.draftPullRequests ?? false);
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
  return {
    name: path,
    owner: namespace.full_path,
    defaultBranch: default_branch ?? null,
    mayPush: await mayPushItself(client, asked, permissions),
  };
}

/** Null where it cannot be told: without a token, and for an administrator who is no member. */
async function mayPushItself(
  client: RestClient,
  asked: Asked,
  permissions: z.infer<typeof projectSchema>['permissions'],
): Promise<boolean | null> {
  if (!permissions) return null;
  const { project_access, group_access } = permissions;
  if ([project_access, group_access].some((access) => access && access.access_level >= DEVELOPER)) return true;
  // A role that comes from a group that was invited is not among these.
  const { id } = await client.call(asked, { what: 'ask whose the token is', path: '/user', schema: userSchema });
  const members = await membersWith(client, asked, id);
  return members.length > 0 ? members.some(isDeveloper) : null;
}

/** A branch that is protected is not looked at: the service pushes new ones. */
async function mayPush(client: RestClient, asked: Asked & { readonly user: string }): Promise<boolean> {
  const users = await client.call(asked, {
    what: `ask what ${asked.user} may do`,
    path: '/users',
    query: { username: asked.user },
    schema: z.array(userSchema),
  });
  const user = users.find(({ username }) => username.toLowerCase() === asked.user.toLowerCase());
  if (!user) return false;
  return (await membersWith(client, asked, user.id)).some(isDeveloper);
}

/** Members by inheritance and invitation count as well. */
async function membersWith(client: RestClient, asked: Asked, userId: number): Promise<readonly Member[]> {
  const members = await client.call(asked, {
    what: `read who may work on ${asked.repositoryUrl}`,
    path: `${projectPath(asked.repositoryUrl)}/members/all`,
    query: { 'user_ids[]': userId },
    schema: z.array(memberSchema),
  });
  return members.filter(({ id }) => id === userId);
}

function isDeveloper({ access_level, state }: Member): boolean {
  return access_level >= DEVELOPER && state !== 'blocked';
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
