import { randomBytes } from 'node:crypto';
import { REPOSITORY_ID_BYTES, repositoryId } from '../../src/domain/ids.ts';
import type { KnownRepository } from '../../src/domain/known-repository.ts';
import { NO_SETTINGS, NOT_VERIFIED } from '../../src/domain/known-repository.ts';

/** A repository that was added and never used nor looked at. */
export function aKnownRepository(changes: Partial<KnownRepository> = {}): KnownRepository {
  const id = repositoryId(randomBytes(REPOSITORY_ID_BYTES));
  return {
    ...NO_SETTINGS,
    ...NOT_VERIFIED,
    repository_id: id,
    repository_url: `https://example.org/you/${id}`,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    last_used_at: null,
    ...changes,
  };
}
