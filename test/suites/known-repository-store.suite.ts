import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkOrderError } from '../../src/domain/errors.ts';
import type { RepositoryId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/ports/store.ts';
import { aSavedWorkOrder } from './histories.ts';
import { aKnownRepository } from './known-repositories.ts';
import type { OpenStore } from './store.suite.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** What every store must do with known repositories. */
export function knownRepositoryStoreSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`known repositories: ${name}`, () => {
    let opened: OpenStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    test('a known repository is kept once a URL, changed field by field, found after a reopening, and removed', async () => {
      const repository = aKnownRepository({
        repository_url: 'https://example.org/you/shop.git',
        default_step_agents: { plan: { agent: 'codex', model: null } },
        checks: ['npm test', 'grüße 🎉'],
        may_push: false,
      });
      const { repository_id: repositoryId } = repository;
      await store.addRepository({ repository });
      const again = aKnownRepository({ repository_url: 'https://example.org/you/shop' });
      await expect(store.addRepository({ repository: again })).rejects.toMatchObject({
        code: 'repository_exists',
        message: expect.stringContaining(repositoryId),
      });
      const changes = { display_name: 'Shop', default_agent: 'claude', may_push: null, updated_at: AT };
      const changed = { ...repository, ...changes };
      expect(await store.changeRepository({ repositoryId, change: () => changes })).toEqual(changed);
      const refused = new WorkOrderError('invalid_request', 'It does not fit.');
      const refuse = (): never => {
        throw refused;
      };
      await expect(store.changeRepository({ repositoryId, change: refuse })).rejects.toBe(refused);
      store = await opened.reopen();
      expect(await store.repository({ repositoryId })).toEqual(changed);
      for (const repositoryUrl of ['https://example.org/you/shop', 'https://example.org/you/shop.git']) {
        expect(await store.repositoryOf({ repositoryUrl })).toEqual(changed);
      }
      expect(await store.repositoryOf({ repositoryUrl: 'https://example.org/you/shop2' })).toBeNull();
      expect(await store.removeRepository({ repositoryId })).toBe(true);
      expect(await store.removeRepository({ repositoryId })).toBe(false);
      expect(await store.repository({ repositoryId })).toBeNull();
      expect(await store.changeRepository({ repositoryId, change: () => changes })).toBeNull();
      await store.addRepository({ repository: again });
    });

    test('known repositories are listed in pages, those used last first', async () => {
      const repositories = [1, 2, 3, 4, 5].map((day) =>
        aKnownRepository({ created_at: `2025-12-0${day}T00:00:00.000Z` }),
      );
      for (const repository of repositories) await store.addRepository({ repository });
      const ids = async () => {
        const found: string[] = [];
        for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
          const page = await store.repositories({ limit: 2, cursor });
          found.push(...page.repositories.map(({ repository_id }) => repository_id));
          cursor = page.nextCursor;
        }
        return found;
      };
      const [one, two, three, four, five] = repositories.map(({ repository_id }) => repository_id);
      expect(await ids()).toEqual([five, four, three, two, one]);
      const use = async (id: RepositoryId) => {
        const repository_defaults = { repository_id: id, agent: null, model: null, step_agents: {} };
        const saved = await aSavedWorkOrder(store, { request: { repository_defaults } });
        expect(await store.workOrder({ workOrderId: saved.workOrderId })).toMatchObject({ repository_defaults });
        return saved.workOrder.created_at;
      };
      const at = await use(two!);
      expect(await ids()).toEqual([two, five, four, three, one]);
      await use(four!);
      // In the same millisecond the ids decide, so that a page has neither a gap nor a repeat.
      expect(await ids()).toEqual([...(two! > four! ? [two, four] : [four, two]), five, three, one]);
      expect(await store.repository({ repositoryId: two! })).toMatchObject({ last_used_at: at });
      await use(aKnownRepository().repository_id);
      for (const cursor of ['x', '2026_repo-a_b', `${AT}_wo-a`]) {
        await expect(store.repositories({ limit: 1, cursor })).rejects.toMatchObject({ code: 'invalid_request' });
      }
    });
  });
}
