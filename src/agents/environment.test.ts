import { describe, expect, test } from 'vitest';
import { claudeEnvironment } from './claude/environment.ts';
import { programPath } from './environment.ts';

describe('the PATH of an agent', () => {
  test('has nothing of what npm puts before it, and no folder of the target repository', () => {
    const PATH = [
      '/app/node_modules/.bin',
      '/node_modules/.bin/',
      '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
      '',
      '.',
      'bin',
      '/opt/node_modules/tool/bin',
      '/usr/bin',
    ].join(':');
    expect(programPath({ PATH })).toBe('/opt/node_modules/tool/bin:/usr/bin');
  });

  test('is a standard one where nothing is left', () => {
    expect(programPath({})).toBe('/usr/local/bin:/usr/bin:/bin');
    expect(programPath({ PATH: 'bin:' })).toBe('/usr/local/bin:/usr/bin:/bin');
  });
});

test('Claude Code gets its login and its network, and nothing else', () => {
  const environment = {
    PATH: '/app/node_modules/.bin:/usr/bin',
    HOME: '/home/somebody',
    LANG: 'de_DE.UTF-8',
    ANTHROPIC_API_KEY: 'key',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    CLAUDE_CLI_MODEL: 'a-model',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    CLAUDE_CODE_MAX_RETRIES: '99',
    https_proxy: 'http://proxy.example:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    npm_config_registry: 'https://registry.example',
    NODE_OPTIONS: '--inspect',
    AWO_API_TOKEN: 'secret',
    GITHUB_TOKEN: 'secret',
    GH_TOKEN: 'secret',
    SSH_AUTH_SOCK: '/run/agent',
  };
  const { IS_SANDBOX: _onlyAsRoot, ...given } = claudeEnvironment({
    environment,
    run: { temporaryDirectory: '/run/tmp' },
  });
  expect(given).toEqual({
    PATH: '/usr/bin',
    HOME: '/home/somebody',
    TMPDIR: '/run/tmp',
    LANG: 'de_DE.UTF-8',
    ANTHROPIC_API_KEY: 'key',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    https_proxy: 'http://proxy.example:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '2',
  });
});
