import { expect, test } from 'vitest';
import { secretsIn, secretsInJson } from './secrets.ts';

const VALUE = 'a1-b2-c3-d4-e5';

test.each([
  'AWO_API_TOKEN',
  'GITHUB_TOKEN',
  'ANTHROPIC_API_KEY',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'PGPASSWORD',
  'DEPLOY_KEY',
  'DB_PASS',
  'AWS_SECRET_ACCESS_KEY',
  'npm_config_authToken',
  'MY_CREDENTIALS',
])('%s is a secret by its name', (name) => {
  expect(secretsIn({ [name]: ` ${VALUE}\n` })).toEqual([{ name, value: VALUE }]);
});

test.each([
  ['PATH', VALUE],
  ['KEYBOARD', VALUE],
  ['MONKEY', VALUE],
  ['MAX_TOKENS', VALUE],
  ['GITHUB_TOKEN_FILE', VALUE],
  ['SHORT_TOKEN', '1234-67'],
  ['DB_PASSWORD', 'postgres'],
  ['PIN_SECRET', '123456789'],
  ['SSH_KEY', '/home/me/.ssh/id_ed25519'],
])('%s=%s is none', (name, value) => {
  expect(secretsIn({ [name]: value })).toEqual([]);
});

test('a token that is known by its name counts whatever it looks like', () => {
  expect(secretsIn({ AWO_API_TOKEN: 'opensesame', GH_TOKEN: 'short' })).toEqual([
    { name: 'AWO_API_TOKEN', value: 'opensesame' },
  ]);
});

test('the password of a URL is a secret of whatever variable', () => {
  expect(secretsIn({ HTTPS_PROXY: 'http://me:opensesame@proxy:8080', DATABASE_URL: 'postgres://db/x' })).toEqual([
    { name: 'HTTPS_PROXY', value: 'opensesame' },
  ]);
});

test('a JSON value is one as a whole, and so are the secrets in it', () => {
  const text = JSON.stringify({ type: 'service_account', private_key: VALUE, project_id: 'some-project' });
  expect(secretsIn({ GOOGLE_CREDENTIALS: text })).toEqual([
    { name: 'GOOGLE_CREDENTIALS', value: text },
    { name: 'GOOGLE_CREDENTIALS', value: VALUE },
  ]);
});

test('a login file holds its tokens at any depth', () => {
  const file = { tokens: { access_token: VALUE, account_id: 'acc-12345678' }, other: [{ refreshToken: `${VALUE}2` }] };
  expect(secretsInJson('login', file).map(({ value }) => value)).toEqual([VALUE, `${VALUE}2`]);
});
