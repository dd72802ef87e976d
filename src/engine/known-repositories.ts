import { WorkOrderError } from '../domain/errors.ts';
import type { RepositoryId } from '../domain/ids.ts';
import type { KnownRepository, RepositoryVerification } from '../domain/known-repository.ts';
import { NO_SETTINGS, NOT_VERIFIED } from '../domain/known-repository.ts';
import type { Redactor } from '../domain/redact.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { ForgeRegistry, RepositoryPolicy } from '../ports/forge.ts';
import type { KnownRepositoryStore } from '../ports/known-repository-store.ts';
import type { SubmittedSettings } from './repository-settings.ts';
import { checkAgents, settingsOf } from './repository-settings.ts';
import { lookAtRepository } from './verify-repository.ts';

/**
 * What a door of the service can ask about known repositories; it reads them from the store. What does not fit is
 * `invalid_request`, `sandbox_type_unavailable`, `agent_unavailable` (no such agent) or `agent_repository_refused`.
 */
export interface KnownRepositories {
  /**
   * Rejects also with `repository_url_refused`, `repository_exists`, or `repository_not_verified` when the forge was to
   * be asked and says no.
   */
  add(input: {
    readonly repositoryUrl: string;
    readonly settings: SubmittedSettings;
    readonly verify: boolean;
    readonly signal: AbortSignal;
  }): Promise<KnownRepository>;
  /** Work orders that were handed in before keep what they have. Rejects also with `repository_not_found`. */
  change(input: {
    readonly repositoryId: RepositoryId;
    readonly settings: SubmittedSettings;
  }): Promise<KnownRepository>;
  /** Work orders stay. Rejects with `repository_not_found`. */
  remove(input: { readonly repositoryId: RepositoryId }): Promise<void>;
  /**
   * Asks the forge again and keeps what it says. That it says no is kept as well, beside what it said before. Rejects
   * with `repository_not_found`.
   */
  verify(input: { readonly repositoryId: RepositoryId; readonly signal: AbortSignal }): Promise<KnownRepository>;
}

interface Parts {
  readonly store: KnownRepositoryStore;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly agents: AgentRegistry;
  readonly forges: ForgeRegistry;
  readonly repositories: RepositoryPolicy;
  readonly newRepositoryId: () => RepositoryId;
}

export function createKnownRepositories(parts: Parts): KnownRepositories {
  const { store, clock, redactor, agents, repositories } = parts;
  const now = (): string => clock.now().toISOString();

  async function look(repositoryUrl: string, signal: AbortSignal): Promise<Partial<RepositoryVerification>> {
    const answer = await lookAtRepository(parts, { repositoryUrl, signal });
    if ('problem' in answer) return { verification_error: redactor.text(answer.problem) };
    const { owner, name, defaultBranch, mayPush } = answer.facts;
    return {
      repository_owner: owner,
      repository_name: name,
      default_branch: defaultBranch,
      may_push: mayPush,
      last_verified_at: now(),
      verification_error: null,
    };
  }

  async function change(
    repositoryId: RepositoryId,
    to: (before: KnownRepository) => Partial<KnownRepository>,
  ): Promise<KnownRepository> {
    const changed = await store.changeRepository({ repositoryId, change: to });
    if (!changed) throw repositoryNotFound(repositoryId);
    return changed;
  }

  return {
    async add({ repositoryUrl, settings: submitted, verify, signal }) {
      const accepted = await repositories.accept({ repositoryUrl });
      const settings = settingsOf(submitted, NO_SETTINGS);
      checkAgents(submitted, { agents, repositoryUrl: accepted });
      const earlier = await store.repositoryOf({ repositoryUrl: accepted });
      const verification = verify && !earlier ? await look(accepted, signal) : {};
      if (verification.verification_error) throw notVerified(verification.verification_error);
      const at = now();
      const repository: KnownRepository = {
        ...redactor.data(settings),
        ...NOT_VERIFIED,
        ...verification,
        repository_id: parts.newRepositoryId(),
        repository_url: accepted,
        created_at: at,
        updated_at: at,
        last_used_at: null,
      };
      // Refuses one that is known already, also one that came while the forge was asked.
      await store.addRepository({ repository });
      return repository;
    },
    change({ repositoryId, settings: submitted }) {
      return change(repositoryId, (before) => {
        const settings = settingsOf(submitted, before);
        checkAgents(submitted, { agents, repositoryUrl: before.repository_url });
        return { ...redactor.data(settings), updated_at: now() };
      });
    },
    async remove({ repositoryId }) {
      if (!(await store.removeRepository({ repositoryId }))) throw repositoryNotFound(repositoryId);
    },
    async verify({ repositoryId, signal }) {
      const repository = await store.repository({ repositoryId });
      if (!repository) throw repositoryNotFound(repositoryId);
      const verification = await look(repository.repository_url, signal);
      return change(repositoryId, () => verification);
    },
  };
}

export function repositoryNotFound(id: string): WorkOrderError {
  return new WorkOrderError('repository_not_found', `Repository ${id.slice(0, 50)} was not found.`);
}

function notVerified(reason: string): WorkOrderError {
  return new WorkOrderError('repository_not_verified', reason, {
    faults: [{ path: 'repository_url', message: reason }],
  });
}
