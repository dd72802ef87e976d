import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import type { Asked, RestClient } from '../rest-client.ts';
import { untilShown, writeOnce } from '../write-once.ts';
import { repositoryPath } from './client.ts';
import type { Pull } from './schema.ts';
import { pullSchema } from './schema.ts';

interface Wanted extends Asked {
  readonly branch: string;
  readonly commit: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

const MAX_TITLE = 255;
/** Gitea gives no more at once, unless it is set so. */
const PAGE = 50;

/** Finds the pull request of a branch or opens it, and returns its page when Gitea shows it at the commit. */
export async function openPullRequest(client: RestClient, asked: Wanted): Promise<string> {
  const look = () => findByBranch(client, asked);
  const pause = () => client.pause(asked);
  const { number, html_url } = (await look()) ?? (await writeOnce({ write: () => create(client, asked), look, pause }));
  await untilShown({ number, commit: asked.commit, look: () => shownCommit(client, asked, number), pause });
  return html_url;
}

/** Replaces the text of a pull request. */
export async function updatePullRequest(
  client: RestClient,
  asked: Asked & { readonly number: string; readonly body: string },
): Promise<void> {
  await client.call(asked, {
    what: `update pull request ${asked.number}`,
    method: 'PATCH',
    path: `${repositoryPath(asked.repositoryUrl)}/pulls/${encodeURIComponent(asked.number)}`,
    body: { body: asked.body },
    schema: pullSchema,
  });
}

async function create(client: RestClient, asked: Wanted): Promise<Pull> {
  const { branch, baseBranch, title, body, draft } = asked;
  try {
    return await client.call(asked, {
      what: `open a pull request for ${branch}`,
      method: 'POST',
      path: `${repositoryPath(asked.repositoryUrl)}/pulls`,
      body: { head: branch, base: baseBranch, title: `${draft ? 'WIP: ' : ''}${title}`.slice(0, MAX_TITLE), body },
      schema: pullSchema,
    });
  } catch (error) {
    // "Pull request already exists": then a look finds it.
    const found = hasCode(error, 'forge_refused') ? await findByBranch(client, asked) : null;
    if (found) return found;
    throw error;
  }
}

/**
 * An open one before one that was closed or merged since: a person who has closed it does not want another one. No two
 * work orders share a branch, so the branch alone says which it is; a fork may have one of the same name.
 */
async function findByBranch(client: RestClient, asked: Wanted): Promise<Pull | null> {
  const open = await findOpen(client, asked);
  if (open) return open;
  // The list cannot be asked for a branch; one that was closed since is among those that changed last.
  const latest = await client.call(asked, {
    what: `look for the pull request of ${asked.branch}`,
    path: `${repositoryPath(asked.repositoryUrl)}/pulls`,
    query: { state: 'all', sort: 'recentupdate', limit: PAGE },
    schema: z.array(pullSchema),
  });
  return latest.find(({ head, base }) => head.ref === asked.branch && head.repo_id === base.repo_id) ?? null;
}

/** Null where there is none, and where the repository is hidden: the list that is read next says which. */
async function findOpen(client: RestClient, asked: Wanted): Promise<Pull | null> {
  const { baseBranch, branch } = asked;
  try {
    return await client.call(asked, {
      what: `look for the pull request of ${branch}`,
      path: `${repositoryPath(asked.repositoryUrl)}/pulls/${encodeURIComponent(baseBranch)}/${encodeURIComponent(branch)}`,
      schema: pullSchema,
    });
  } catch (error) {
    if (hasCode(error, 'repository_unreachable')) return null;
    throw error;
  }
}

async function shownCommit(client: RestClient, asked: Wanted, number: number): Promise<string> {
  const { head } = await client.call(asked, {
    what: `read pull request ${number}`,
    path: `${repositoryPath(asked.repositoryUrl)}/pulls/${number}`,
    schema: pullSchema,
  });
  return head.sha;
}
