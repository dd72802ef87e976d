import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import { makeGiteaWorld } from '../fake-gitea/world.ts';
import { makeGithubWorld } from '../fake-github/world.ts';
import { makeGitlabWorld } from '../fake-gitlab/world.ts';
import { describeForge } from './forge.suite.ts';
import { makeRemote, NO_CREDENTIALS } from './git-fixtures.ts';

describeForge('plain-git', async (directory) => {
  const { url, clone, first } = await makeRemote(directory);
  return {
    forge: createPlainGitForge({ credentials: NO_CREDENTIALS }),
    url,
    path: url,
    clone,
    firstCommit: first,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
});

describeForge('github', async (directory) => {
  const world = await makeGithubWorld(directory);
  return { ...world, ...world.engine, path: world.engine.repository.path };
});

describeForge('gitlab', async (directory) => {
  const world = await makeGitlabWorld(directory);
  return { ...world, ...world.engine, path: world.engine.repository.path };
});

describeForge('gitea', async (directory) => {
  const world = await makeGiteaWorld(directory);
  return { ...world, ...world.engine, path: world.engine.repository.path };
});
