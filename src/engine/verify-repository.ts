import { WorkOrderError } from '../domain/errors.ts';
import type { ForgeRegistry, RepositoryFacts, RepositoryPolicy } from '../ports/forge.ts';

/** What the service found when it looked at a repository; the names are those of the wire. */
export interface RepositoryCheck {
  readonly is_accessible: boolean;
  readonly repository_name: string | null;
  readonly repository_owner: string | null;
  readonly default_branch: string | null;
  readonly error_message: string | null;
}

/**
 * Looks whether the service can work on a repository, by its forge. That it cannot is an answer, with the reason and
 * the next step; rejects only for a mistake of the service itself.
 */
export async function verifyRepository(
  parts: { readonly forges: ForgeRegistry; readonly repositories: RepositoryPolicy },
  { repositoryUrl, signal }: { readonly repositoryUrl: string; readonly signal: AbortSignal },
): Promise<RepositoryCheck> {
  const look = await lookAtRepository(parts, { repositoryUrl, signal });
  if ('problem' in look) {
    return {
      is_accessible: false,
      repository_name: null,
      repository_owner: null,
      default_branch: null,
      error_message: look.problem,
    };
  }
  const { name, owner, defaultBranch, mayPush } = look.facts;
  return {
    is_accessible: true,
    repository_name: name,
    repository_owner: owner,
    default_branch: defaultBranch,
    error_message: mayPush === false ? 'It can be read, but the service may not push to it.' : null,
  };
}

/** What the forge says of a repository, or why it says nothing and what to do. Rejects as `verifyRepository` does. */
export async function lookAtRepository(
  { forges, repositories }: { readonly forges: ForgeRegistry; readonly repositories: RepositoryPolicy },
  { repositoryUrl, signal }: { readonly repositoryUrl: string; readonly signal: AbortSignal },
): Promise<{ readonly facts: RepositoryFacts } | { readonly problem: string }> {
  try {
    const accepted = await repositories.accept({ repositoryUrl });
    const forge = forges.forRepository({ repositoryUrl: accepted });
    return { facts: await forge.verify({ repositoryUrl: accepted, signal }) };
  } catch (error) {
    if (!(error instanceof WorkOrderError) || error.code === 'internal_error') throw error;
    return { problem: reasonOf(error) };
  }
}

function reasonOf(error: WorkOrderError): string {
  return error.code === 'cancelled'
    ? 'The server has not answered in time.'
    : `${error.message} ${error.definition.nextStep}`;
}
