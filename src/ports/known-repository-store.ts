import type { RepositoryId } from '../domain/ids.ts';
import type { KnownRepository } from '../domain/known-repository.ts';

/**
 * Where known repositories are kept: one a URL, as `repositoryKey` compares them. Durability and errors are those of
 * the whole store. Creating a work order that names a known repository in its defaults is a use of it.
 */
export interface KnownRepositoryStore {
  /** Rejects with `repository_exists`, naming the id, when the URL is known already. */
  addRepository(input: { readonly repository: KnownRepository }): Promise<void>;
  repository(input: { readonly repositoryId: RepositoryId }): Promise<KnownRepository | null>;
  /** `repositoryUrl` as the policy has accepted it. */
  repositoryOf(input: { readonly repositoryUrl: string }): Promise<KnownRepository | null>;
  /**
   * Those used last first; one that was never used counts as used when it was added. `cursor` is what an earlier page
   * returned; null begins. A use between two pages moves its repository to the first.
   */
  repositories(input: {
    readonly limit: number;
    readonly cursor: string | null;
  }): Promise<{ readonly repositories: readonly KnownRepository[]; readonly nextCursor: string | null }>;
  /**
   * Changes the fields that `change` gives, atomically. It must be pure; what it throws is what this rejects with, and
   * nothing has changed then. Null when there is none with this id.
   */
  changeRepository(input: {
    readonly repositoryId: RepositoryId;
    readonly change: (before: KnownRepository) => Partial<KnownRepository>;
  }): Promise<KnownRepository | null>;
  /** False when there was none. Work orders stay as they are. */
  removeRepository(input: { readonly repositoryId: RepositoryId }): Promise<boolean>;
}
