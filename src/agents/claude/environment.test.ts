import { expect, test } from 'vitest';
import { claudeRunEnvironment } from './environment.ts';

test('Claude Code gets its login and its network, and nothing else', () => {
  const environment = {
    PATH: '/app/node_modules/.bin:/usr/bin',
    HOME: '/home/somebody',
    LANG: 'de_DE.UTF-8',
    ANTHROPIC_API_KEY: 'key',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    CLAUDE_CLI_MODEL: 'a-model',
    CLAUDE_CONFIG_DIR: '/home/somebody/other',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    CLAUDE_CODE_CHILD_SESSION: '1',
    CLAUDE_CODE_MESSAGING_TOKEN: 'of the session around',
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
  const run = { homeDirectory: '/run/home', temporaryDirectory: '/run/tmp', stateDirectory: '/run/state' };
  const given = (login: Parameters<typeof claudeRunEnvironment>[0]['login']): Record<string, string> => {
    const { IS_SANDBOX: _onlyAsRoot, ...rest } = claudeRunEnvironment({ environment, run, login });
    return rest;
  };
  const helped = given({ home: null, keyHelper: 'cat key' });
  expect(helped).toEqual({
    PATH: '/usr/bin',
    HOME: '/run/home',
    CLAUDE_CONFIG_DIR: '/run/state',
    TMPDIR: '/run/tmp',
    LANG: 'de_DE.UTF-8',
    CLAUDE_CODE_OAUTH_TOKEN: 'token',
    https_proxy: 'http://proxy.example:3128',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '2',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  });
  const { CLAUDE_CONFIG_DIR: _none, ...rest } = helped;
  const withKeyChain = given({ home: '/home/somebody', keyHelper: null });
  expect(withKeyChain).toEqual({ ...rest, HOME: '/home/somebody', ANTHROPIC_API_KEY: 'key' });
});
