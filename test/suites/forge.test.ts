import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import { describeForge } from './forge.suite.ts';

describeForge('plain-git', createPlainGitForge);
