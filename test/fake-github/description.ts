import { join } from 'node:path';
import { Description } from '../fake-forge/description.ts';

/** The operations that are used, out of GitHub's own description. */
export const DESCRIPTION = new Description({
  file: join(import.meta.dirname, 'github-api.json'),
  name: 'github',
  formats: ['repo.nwo', 'timestamp', 'ssh-url'],
});
