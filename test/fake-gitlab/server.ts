import { join } from 'node:path';
import { Description } from '../fake-forge/description.ts';
import type { FakeForge } from '../fake-forge/server.ts';
import { startFakeForge } from '../fake-forge/server.ts';
import { answerOf, problem } from './faults.ts';
import { ELSEWHERE, OPERATIONS } from './operations.ts';

const description = new Description({ file: join(import.meta.dirname, 'gitlab-api.json'), name: 'gitlab' });

/** Starts a GitLab of our own; its repositories lie below `directory`. */
export function startFakeGitlab({ directory }: { readonly directory: string }): Promise<FakeForge> {
  return startFakeForge(
    {
      api: '/api/v4',
      scheme: 'Bearer',
      description,
      operations: OPERATIONS,
      elsewhere: ELSEWHERE,
      repositoryOf: ({ id = '' }) => id,
      problem,
      answerOf,
    },
    { directory },
  );
}
