import { join } from 'node:path';
import { Description } from '../fake-forge/description.ts';
import type { FakeForge } from '../fake-forge/server.ts';
import { startFakeForge } from '../fake-forge/server.ts';
import { answerOf, problem } from './faults.ts';
import { ELSEWHERE, OPERATIONS } from './operations.ts';

const description = new Description({ file: join(import.meta.dirname, 'gitea-api.json'), name: 'gitea' });

/** Starts a Gitea of our own; its repositories lie below `directory`. */
export function startFakeGitea({ directory }: { readonly directory: string }): Promise<FakeForge> {
  return startFakeForge(
    {
      api: '/api/v1',
      scheme: 'token',
      description,
      operations: OPERATIONS,
      elsewhere: ELSEWHERE,
      repositoryOf: ({ owner, repo }) => `${owner}/${repo}`,
      problem,
      answerOf,
    },
    { directory },
  );
}
