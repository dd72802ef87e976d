import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/suites/git-fixtures.ts';
import { Redactor } from '../domain/redact.ts';
import { createFileSecrets } from './file-secrets.ts';

test('a token is known as it is, a key without the lines around it, and a file that is gone is passed over', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const pem = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(at('token'), 'token-of-somebody\n');
  await writeFile(at('key'), pem);
  const files = ['token', 'key', 'gone'].map((name) => ({ name, path: at(name) }));
  expect(await createFileSecrets(files).read()).toEqual([
    { name: 'token', value: 'token-of-somebody' },
    { name: 'key', value: pem.split('\n')[1] },
  ]);
});

test('the head of a key of OpenSSH, which all have, is no secret', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'key');
  const head = `b3BlbnNzaC1rZXktdjEA${'A'.repeat(50)}`;
  const frame = (side: string) => ['-----', side, ' OPENSSH PRIVATE KEY-----'].join('');
  await writeFile(path, [frame('BEGIN'), head, 'of-this-key-alone', frame('END'), ''].join('\n'));
  expect(await createFileSecrets([{ name: 'key', path }]).read()).toEqual([
    { name: 'key', value: 'of-this-key-alone' },
  ]);
});

test('a key that is shown with the numbers of its lines is found in each, and words of its frame are not', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(path, String(privateKey.export({ type: 'pkcs1', format: 'pem' })));
  const redactor = new Redactor(await createFileSecrets([{ name: 'key', path }]).read());
  const lines = String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
    .trim()
    .split('\n')
    .slice(1, -1);
  const shown = redactor.own(lines.map((line, index) => `${index}\t${line}`).join('\n'));
  expect(shown.split('\n')).toEqual(lines.map((_, index) => `${index}\t[redacted key]`));
  expect(redactor.own('RSA PRIVATE KEY')).toBe('RSA PRIVATE KEY');
});
