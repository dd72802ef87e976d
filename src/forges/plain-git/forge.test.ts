import { expect, test } from 'vitest';
import { NO_CREDENTIALS } from '../../../test/suites/git-fixtures.ts';
import { createForgeRegistry } from '../registry.ts';
import { createPlainGitForge } from './forge.ts';

const signal = new AbortController().signal;

test.each([
  ['https://github.com/ada/engine.git', 'https://github.com/ada/engine/compare/main...feat-x?expand=1'],
  ['git@github.com:ada/engine.git', 'https://github.com/ada/engine/compare/main...feat-x?expand=1'],
  ['ssh://git@github.com/ada/engine', 'https://github.com/ada/engine/compare/main...feat-x?expand=1'],
  ['https://codeberg.org/ada/engine', 'https://codeberg.org/ada/engine/compare/main...feat-x'],
  [
    'git@gitlab.com:team/sub/engine.git',
    'https://gitlab.com/team/sub/engine/-/merge_requests/new?merge_request%5Bsource_branch%5D=feat-x&merge_request%5Btarget_branch%5D=main',
  ],
  ['https://bitbucket.org/ada/engine', 'https://bitbucket.org/ada/engine/pull-requests/new?source=feat-x&dest=main'],
  [
    'https://github.com.evil.example/ada/engine',
    'git fetch https://github.com.evil.example/ada/engine feat-x:feat-x && git request-pull main https://github.com.evil.example/ada/engine feat-x',
  ],
  [
    'git@git.example.org:a.git',
    'git fetch git@git.example.org:a.git feat-x:feat-x && git request-pull main git@git.example.org:a.git feat-x',
  ],
  ['/srv/engine.git', 'git -C /srv/engine.git request-pull main /srv/engine.git feat-x'],
  ["/srv/ada's engine", "git -C '/srv/ada'\\''s engine' request-pull main '/srv/ada'\\''s engine' feat-x"],
])('%s: says how a pull request is opened', async (repositoryUrl, howTo) => {
  const request = { repositoryUrl, branch: 'feat-x', baseBranch: 'main', commit: 'c', title: 't', body: 'b', signal };
  expect(await createPlainGitForge({ credentials: NO_CREDENTIALS }).openPullRequest(request)).toEqual({
    opened: false,
    howTo,
  });
});

test('has no issues, and takes every repository that no other forge takes', async () => {
  const forge = createPlainGitForge({ credentials: NO_CREDENTIALS });
  expect(await forge.issue({ repositoryUrl: '/srv/a', number: '1', signal })).toBeNull();
  const other = { ...forge, id: 'other', recognises: () => false };
  const registry = createForgeRegistry({ forges: [other, forge] });
  expect(registry.forRepository({ repositoryUrl: 'https://anything/at/all' }).id).toBe('plain-git');
  expect(() => createForgeRegistry({ forges: [other] }).forRepository({ repositoryUrl: '/srv/a' })).toThrow(/No forge/);
});
