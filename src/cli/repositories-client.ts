import type { AddRepository, ChangeRepository, KnownRepositoryView } from '../contract/known-repository.ts';
import { KnownRepositorySchema } from '../contract/known-repository.ts';
import { nextPage, parameters, read } from './answers.ts';

const LONGEST_PAGE = 500;
/** Longer than the service itself waits for a forge. */
const FORGE_MS = 75_000;

/** What the command line asks about known repositories; each method rejects as those of `ApiClient`. */
export interface RepositoriesClient {
  /** Those used last first, at most `limit`; `more` is true when there are others behind them. */
  list(input: {
    readonly limit: number;
  }): Promise<{ readonly repositories: readonly KnownRepositoryView[]; readonly more: boolean }>;
  /** Null when none with this URL is known. */
  find(repositoryUrl: string): Promise<KnownRepositoryView | null>;
  show(id: string): Promise<KnownRepositoryView>;
  add(body: AddRepository): Promise<KnownRepositoryView>;
  change(id: string, body: ChangeRepository): Promise<KnownRepositoryView>;
  verify(id: string): Promise<KnownRepositoryView>;
  remove(id: string): Promise<void>;
}

export function createRepositoriesClient({
  ask,
  base,
}: {
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly base: string;
}): RepositoriesClient {
  const pathOf = (id: string, rest = ''): string => `repositories/${encodeURIComponent(id)}${rest}`;
  const send = async (path: string, { method, body }: { readonly method: string; readonly body?: object }) => {
    const sent = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return await ask(path, { method, ...sent, signal: AbortSignal.timeout(FORGE_MS) });
  };
  return {
    async list({ limit }) {
      const repositories: KnownRepositoryView[] = [];
      let path: string | null = `repositories?${parameters({ limit: Math.min(limit, LONGEST_PAGE) })}`;
      while (path !== null && repositories.length < limit) {
        const response: Response = await ask(path);
        repositories.push(...(await read(KnownRepositorySchema.array(), response)));
        path = nextPage(response, { base, resource: 'repositories' });
      }
      return { repositories: repositories.slice(0, limit), more: path !== null || repositories.length > limit };
    },
    async find(repositoryUrl) {
      const response = await ask(`repositories?${parameters({ repository_url: repositoryUrl })}`);
      const [repository = null] = await read(KnownRepositorySchema.array(), response);
      return repository;
    },
    async show(id) {
      return await read(KnownRepositorySchema, await ask(pathOf(id)));
    },
    async add(body) {
      return await read(KnownRepositorySchema, await send('repositories', { method: 'POST', body }));
    },
    async change(id, body) {
      return await read(KnownRepositorySchema, await send(pathOf(id), { method: 'PATCH', body }));
    },
    async verify(id) {
      return await read(KnownRepositorySchema, await send(pathOf(id, '/verify'), { method: 'POST' }));
    },
    async remove(id) {
      const response = await send(pathOf(id), { method: 'DELETE' });
      await response.body?.cancel();
    },
  };
}
