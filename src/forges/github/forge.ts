import type { Check, Forge } from '../../ports/forge.ts';
import { expectPush } from '../expect-push.ts';
import { openedByHand } from '../plain-git/how-to.ts';
import { escapedPath, repositoryPage } from '../web-page.ts';
import type { Asked, GithubClient, GithubSettings } from './client.ts';
import { createGithubClient } from './client.ts';
import { readIssue } from './conversation.ts';
import { keepComment } from './kept-comment.ts';
import { mayPush } from './may-push.ts';
import { openPullRequest } from './pull-requests.ts';
import { isInstallationToken } from './installation.ts';
import { repositoryNameOf } from './repository-name.ts';
import { checksSchema, pullSchema, repositorySchema } from './schema.ts';

/** Conclusions of a check that hold nothing up. */
const GOOD = new Set(['success', 'neutral', 'skipped']);

/** GitHub and GitHub Enterprise: by git what git can do, the rest by GitHub's API. */
export function createGithubForge(
  settings: GithubSettings & { readonly git: Pick<Forge, 'branches' | 'push'> },
): Forge {
  const { hosts, credentials, git } = settings;
  const client = createGithubClient(settings);
  const hasToken = async (repositoryUrl: string) => (await credentials.tokenFor({ repositoryUrl })) !== null;
  const forge: Forge = {
    id: 'github',
    opensPullRequests: ({ repositoryUrl }) => hasToken(repositoryUrl),
    recognises: ({ repositoryUrl }) =>
      hosts.find({ repositoryUrl })?.kind === 'github' && repositoryNameOf(repositoryUrl) !== null,

    async verify(asked) {
      const { name, owner, default_branch, permissions } = await client.call(asked, {
        what: `read ${asked.repositoryUrl}`,
        route: 'GET /repos/{owner}/{repo}',
        schema: repositorySchema,
      });
      // What an app may do is not among the permissions of people; without it there would have been no token.
      const isApp = isInstallationToken(await credentials.tokenFor(asked));
      const mayPush = isApp ? null : (permissions?.push ?? null);
      return { name, owner: owner.login, defaultBranch: default_branch, mayPush };
    },

    expectPush: (asked) =>
      expectPush(asked, {
        verify: (wanted) => forge.verify(wanted),
        credentials,
        needs: 'Contents and Pull requests: read and write',
      }),
    branches: (input) => git.branches(input),
    push: (input) => git.push(input),
    issue: (asked) => readIssue(client, asked),

    async openPullRequest(asked) {
      const { repositoryUrl } = asked;
      if (!(await hasToken(repositoryUrl))) return openedByHand(asked, credentials);
      const draft = asked.draft || (hosts.find({ repositoryUrl })?.draftPullRequests ?? false);
      return { opened: true, url: await openPullRequest(client, { ...asked, draft }) };
    },

    fileUrl: ({ repositoryUrl, branch, path }) =>
      `${repositoryPage(hosts, repositoryUrl)}/blob/${escapedPath(`${branch}/${path}`)}`,

    async updatePullRequest(asked) {
      await client.call(asked, {
        what: `update pull request ${asked.number}`,
        route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
        parameters: { pull_number: asked.number, body: asked.body },
        schema: pullSchema,
      });
    },

    keepComment: (asked) => keepComment(client, asked),
    mayPush: (asked) => mayPush(client, asked),
    checks: (asked) => readChecks(client, asked),
  };
  return forge;
}

async function readChecks(client: GithubClient, asked: Asked & { readonly commit: string }): Promise<readonly Check[]> {
  const { check_runs } = await client.call(asked, {
    what: `read the checks of ${asked.commit.slice(0, 10)}`,
    route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    parameters: { ref: asked.commit, per_page: 100 },
    schema: checksSchema,
  });
  return check_runs.map(({ name, status, conclusion, html_url }) => ({
    name,
    state: status !== 'completed' ? 'running' : GOOD.has(conclusion ?? '') ? 'passed' : 'failed',
    url: html_url ?? null,
  }));
}
