import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import type { Asked, RestClient } from '../rest-client.ts';
import { untilShown, writeOnce } from '../write-once.ts';
import { projectPath } from './client.ts';
import { withoutQuickActions } from './quick-actions.ts';
import type { MergeRequest } from './schema.ts';
import { mergeRequestSchema } from './schema.ts';

interface Wanted extends Asked {
  readonly branch: string;
  readonly commit: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

const MAX_TITLE = 255;

/** Finds the merge request of a branch or opens it, and returns its page when GitLab shows it at the commit. */
export async function openMergeRequest(client: RestClient, asked: Wanted): Promise<string> {
  const look = () => findByBranch(client, asked);
  const pause = () => client.pause(asked);
  const { iid, web_url } = (await look()) ?? (await writeOnce({ write: () => create(client, asked), look, pause }));
  await untilShown({ number: iid, commit: asked.commit, look: () => shownCommit(client, asked, iid), pause });
  return web_url;
}

/** Replaces the text of a merge request. */
export async function updateMergeRequest(
  client: RestClient,
  asked: Asked & { readonly number: string; readonly body: string },
): Promise<void> {
  await client.call(asked, {
    what: `update merge request ${asked.number}`,
    method: 'PUT',
    path: `${projectPath(asked.repositoryUrl)}/merge_requests/${encodeURIComponent(asked.number)}`,
    body: { description: withoutQuickActions(asked.body) },
    schema: mergeRequestSchema,
  });
}

async function create(client: RestClient, asked: Wanted): Promise<MergeRequest> {
  const { branch, baseBranch, title, body, draft } = asked;
  try {
    return await client.call(asked, {
      what: `open a merge request for ${branch}`,
      method: 'POST',
      path: `${projectPath(asked.repositoryUrl)}/merge_requests`,
      body: {
        source_branch: branch,
        target_branch: baseBranch,
        title: `${draft ? 'Draft: ' : ''}${title}`.slice(0, MAX_TITLE),
        description: withoutQuickActions(body),
      },
      schema: mergeRequestSchema,
    });
  } catch (error) {
    // "Another open merge request already exists": then a look finds it.
    const found = hasCode(error, 'forge_refused') ? await findByBranch(client, asked) : null;
    if (found) return found;
    throw error;
  }
}

/**
 * An open one before one that was closed or merged since: a person who has closed it does not want another one. No two
 * work orders share a branch, so the branch alone says which it is; a fork may have one of the same name.
 */
async function findByBranch(client: RestClient, asked: Wanted): Promise<MergeRequest | null> {
  const found = await client.call(asked, {
    what: `look for the merge request of ${asked.branch}`,
    path: `${projectPath(asked.repositoryUrl)}/merge_requests`,
    query: { source_branch: asked.branch, state: 'all', per_page: 100 },
    schema: z.array(mergeRequestSchema),
  });
  const own = found.filter(
    ({ source_branch, source_project_id, target_project_id }) =>
      source_branch === asked.branch && source_project_id === target_project_id,
  );
  return own.find(({ state }) => state === 'opened') ?? own[0] ?? null;
}

async function shownCommit(client: RestClient, asked: Wanted, iid: number): Promise<string | null> {
  const { sha } = await client.call(asked, {
    what: `read merge request ${iid}`,
    path: `${projectPath(asked.repositoryUrl)}/merge_requests/${iid}`,
    schema: mergeRequestSchema,
  });
  return sha ?? null;
}
