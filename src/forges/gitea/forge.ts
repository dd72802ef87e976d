import { hasCode, WorkOrderError } from '../../domain/errors.ts';
import type { Check, Forge } from '../../ports/forge.ts';
import { expectPush } from '../expect-push.ts';
import { openedByHand } from '../plain-git/how-to.ts';
import type { Asked, RestClient, RestSettings } from '../rest-client.ts';
import { escapedPath, repositoryPage } from '../web-page.ts';
import { createGiteaClient, isRepository, repositoryPath } from './client.ts';
import { keepComment, readIssue } from './conversation.ts';
import { openPullRequest, updatePullRequest } from './pull-requests.ts';
import { combinedStatusSchema, permissionSchema, repositorySchema } from './schema.ts';

const MAY_PUSH: ReadonlySet<string> = new Set(['owner', 'admin', 'write']);
/** What a token needs to push. */
const NEEDS = 'write:repository, and a user who may write';
/** States of a check that hold nothing up. */
const GOOD: ReadonlySet<string> = new Set(['success', 'warning', 'skipped']);

/** Gitea and Forgejo: by git what git can do, the rest by their API. */
export function createGiteaForge(settings: RestSettings & { readonly git: Pick<Forge, 'branches' | 'push'> }): Forge {
  const { hosts, credentials, git } = settings;
  const client = createGiteaClient(settings);
  const hasToken = async (repositoryUrl: string) => (await credentials.tokenFor({ repositoryUrl })) !== null;
  return {
    id: 'gitea',
    opensPullRequests: ({ repositoryUrl }) => hasToken(repositoryUrl),
    recognises: ({ repositoryUrl }) => hosts.find({ repositoryUrl })?.kind === 'gitea' && isRepository(repositoryUrl),
    verify: (asked) => verify(client, asked),
    expectPush: (asked) => expectPush(asked, { verify: (wanted) => verify(client, wanted), credentials, needs: NEEDS }),
    branches: (input) => git.branches(input),
    push: (input) => git.push(input),
    issue: (asked) => readIssue(client, asked),

    async openPullRequest(asked) {
      if (!(await hasToken(asked.repositoryUrl))) return openedByHand(asked, credentials);
      const draft = asked.draft || (hosts.find(asked)?.draftPullRequests ?? false);
      return { opened: true, url: await openPullRequest(client, { ...asked, draft }) };
    },

    fileUrl: ({ repositoryUrl, branch, path }) =>
      `${repositoryPage(hosts, repositoryUrl)}/src/branch/${escapedPath(`${branch}/${path}`)}`,
    updatePullRequest: (asked) => updatePullRequest(client, asked),
    keepComment: (asked) => keepComment(client, asked),
    mayPush: (asked) => mayPush(client, asked),
    checks: (asked) => readChecks(client, asked),
  };
}

async function verify(client: RestClient, asked: Asked): ReturnType<Forge['verify']> {
  const { name, owner, default_branch, empty, permissions } = await client.call(asked, {
    what: `read ${asked.repositoryUrl}`,
    path: repositoryPath(asked.repositoryUrl),
    schema: repositorySchema,
  });
  if (empty) throw new WorkOrderError('repository_empty', `${asked.repositoryUrl} has no commit on any branch.`);
  return { name, owner: owner.login, defaultBranch: default_branch ?? null, mayPush: permissions?.push ?? null };
}

/** Only a token of an administrator of the repository is told of others. */
async function mayPush(client: RestClient, asked: Asked & { readonly user: string }): Promise<boolean> {
  try {
    const { permission } = await client.call(asked, {
      what: `ask what ${asked.user} may do`,
      path: `${repositoryPath(asked.repositoryUrl)}/collaborators/${encodeURIComponent(asked.user)}/permission`,
      schema: permissionSchema,
    });
    return MAY_PUSH.has(permission);
  } catch (error) {
    if (!hasCode(error, 'repository_unreachable')) throw error;
    // Either the user or the repository is not there; only the first is an answer.
    await verify(client, asked);
    return false;
  }
}

async function readChecks(client: RestClient, asked: Asked & { readonly commit: string }): Promise<readonly Check[]> {
  const { statuses } = await client.call(asked, {
    what: `read the checks of ${asked.commit.slice(0, 10)}`,
    path: `${repositoryPath(asked.repositoryUrl)}/commits/${encodeURIComponent(asked.commit)}/status`,
    query: { limit: 50 },
    schema: combinedStatusSchema,
  });
  return (statuses ?? []).map(({ context, status, target_url }) => ({
    name: context,
    state: status === 'pending' ? 'running' : GOOD.has(status) ? 'passed' : 'failed',
    url: target_url || null,
  }));
}
