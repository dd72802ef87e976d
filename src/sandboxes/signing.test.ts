import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AT, codeOf } from '../../test/suites/sandbox-fixtures.ts';
import { gitAs, makeRemote, temporaryFolder } from '../../test/suites/git-fixtures.ts';
import { findProgram } from '../process/find-program.ts';
import { commitOnBase } from './collected.ts';
import { checkSigning } from './signing.ts';

const { problem } = findProgram({ file: 'ssh-keygen', path: process.env['PATH'], cwd: '/' });
const WHO = { name: 'Ada Bot', email: 'ada@example.org' };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => void (folder = await temporaryFolder()));
afterEach(() => folder[Symbol.asyncDispose]());

const at = (name: string) => join(folder.path, name);
const check = (signingKeyFile: string | null) => codeOf(checkSigning({ ...WHO, signingKeyFile }));

test('without a key there is nothing to check', async () => {
  expect(await check(null)).toEqual([null, 'it succeeded']);
});

test('says how to get ssh-keygen where it is missing', async () => {
  const answer = codeOf(checkSigning({ ...WHO, signingKeyFile: '/k' }, { path: folder.path }));
  expect(await answer).toEqual(['configuration_invalid', expect.stringContaining('install the OpenSSH client')]);
});

describe.skipIf(problem !== null)(`a signing key: ${problem ?? ''}`, () => {
  function makeKey(name: string, type: string, passphrase = ''): string {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'of a test', '-f', at(name)]);
    return at(name);
  }

  test.each(['ed25519', 'rsa'])(
    'of type %s signs commits that verify, the same commit for the same input',
    async (type) => {
      const signingKeyFile = makeKey('key', type);
      expect(await check(signingKeyFile)).toEqual([null, 'it succeeded']);
      const { url, first } = await makeRemote(at('forge'));
      const input = { collected: url, baseCommit: first, checkpoint: first, branch: 'x', message: 'Work', at: AT };
      const commit = await commitOnBase({ ...input, identity: { ...WHO, signingKeyFile } });
      expect(await commitOnBase({ ...input, identity: { ...WHO, signingKeyFile } })).toBe(commit);

      const allowed = at('allowed');
      await writeFile(allowed, `${WHO.email} ${await readFile(`${signingKeyFile}.pub`, 'utf8')}`);
      const known = ['-c', `gpg.ssh.allowedSignersFile=${allowed}`];
      expect(gitAs(url, ...known, 'log', '-1', '--format=%G?|%GS|%an', commit)).toBe(`G|${WHO.email}|Ada Bot`);
      expect(() => gitAs(url, ...known, 'verify-commit', first)).toThrow('Command failed');
      const unsigned = await commitOnBase({ ...input, identity: WHO });
      expect(gitAs(url, 'cat-file', 'commit', unsigned)).not.toContain('gpgsig');
    },
  );

  test.each([
    ['a file that is gone', 'there is no such file', async () => at('gone')],
    ['a folder', 'it is not a file', async () => (await mkdir(at('folder')), at('folder'))],
    [
      'a file that is no key',
      'it holds no private key',
      async () => (await writeFile(at('text'), 'x\n', { mode: 0o600 }), at('text')),
    ],
    ['a key with a passphrase', 'it has a passphrase', async () => makeKey('locked', 'ed25519', 'secret words')],
    ['a key whose signatures differ', 'ed25519 or RSA', async () => makeKey('curve', 'ecdsa')],
    [
      'a key that others may read',
      'chmod 600',
      async () => {
        await chmod(makeKey('open', 'ed25519'), 0o644);
        return at('open');
      },
    ],
  ])('is refused before anything is done: %s', async (_what, words, make) => {
    const file = await make();
    const [code, message] = await check(file);
    expect([code, message]).toEqual(['configuration_invalid', expect.stringContaining(words)]);
    expect(message).toContain(file);
    expect(message).not.toContain('secret words');
  });
});
