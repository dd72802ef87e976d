import { join } from 'node:path';
import { Description } from '../fake-forge/description.ts';

/** The operations and the webhooks that are used, out of GitHub's own description. */
export const DESCRIPTION = new Description({
  file: join(import.meta.dirname, 'github-api.json'),
  schemasFile: join(import.meta.dirname, 'github-webhooks.json'),
  name: 'github',
  formats: ['repo.nwo', 'timestamp', 'ssh-url'],
});
