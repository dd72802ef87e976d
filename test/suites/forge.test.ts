import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import { NO_CREDENTIALS } from './git-fixtures.ts';
import { describeForge } from './forge.suite.ts';

describeForge('plain-git', () => createPlainGitForge({ credentials: NO_CREDENTIALS }));
