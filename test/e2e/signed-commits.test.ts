import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startService } from '../../src/server.ts';
import { findProgram } from '../../src/process/find-program.ts';
import { awo } from '../cli/awo.ts';
import { apiOf } from '../suites/api.ts';
import { found, foundBelow } from '../suites/canaries.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const { problem } = findProgram({ file: 'ssh-keygen', path: process.env['PATH'], cwd: '/' });

/** A place with a key of the service's, and an agent that would have git sign by a program of its own. */
function makeSigningPlace() {
  const place = makeWorkPlace({ gated: false });
  const inside = (name: string) => join(place.directory, name);
  for (const name of ['key', 'bin/key-of-agent']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'of a test', '-f', inside(name)]);
  }
  const [mark, proof] = [inside('gate/mark'), inside('gate/proof')];
  writeFileSync(inside('bin/sign'), `#!/bin/sh\necho "$@" >>'${mark}'\nexec ssh-keygen "$@"\n`);
  const script = [
    '#!/bin/sh',
    `git config gpg.format ssh && git config gpg.ssh.program '${inside('bin/sign')}'`,
    `git config user.signingKey '${inside('bin/key-of-agent')}' && git config commit.gpgSign true`,
    `git -c user.name=x -c user.email=x@x commit -q --allow-empty -S -m naive && mv '${mark}' '${proof}'`,
    `cat '${inside('key')}' >&2`,
    `exec '${place.configuration().agentCommand}'`,
  ];
  writeFileSync(inside('bin/signing-agent'), `${script.join('\n')}\n`);
  for (const name of ['bin/sign', 'bin/signing-agent']) chmodSync(inside(name), 0o755);
  return { place, inside, mark, proof };
}

describe.skipIf(problem !== null)(`commits that are signed: ${problem ?? ''}`, () => {
  test('verify on the remote, whatever the agent has written for git to sign by, and the key shows nowhere', async () => {
    await using stack = new AsyncDisposableStack();
    const { place, inside, mark, proof } = makeSigningPlace();
    stack.use(place);
    const configuration = place.configuration({
      agentCommand: inside('bin/signing-agent'),
      // Where the agent can do the most.
      confinement: 'none',
      commitSigningKey: inside('key'),
      commitName: 'Ada Bot',
      commitEmail: 'ada@example.org',
    });
    const service = await startService(configuration, { log: quietLog });
    stack.defer(() => service.stop());
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.untilEnd(id);
    const { git_branch_name: branch, status } = await api.workOrder(id);
    expect(status).toBe('completed');

    const allowed = inside('allowed');
    writeFileSync(allowed, `ada@example.org ${readFileSync(inside('key.pub'), 'utf8')}`);
    const signedBy = ['-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'log', '-1', '--format=%G?|%GS|%an|%ae'];
    expect(place.git(...signedBy, branch ?? 'none')).toBe('G|ada@example.org|Ada Bot|ada@example.org');
    // The trick works on a git that trusts the working copy, and the service's git has not run it.
    expect([existsSync(proof), existsSync(mark)]).toEqual([true, false]);

    const logs = await (await api.get(`/agent-work-orders/${id}/logs?limit=1000`)).text();
    expect(logs).toContain('[redacted commit signing key]');
    // Without the frame and the first line, which are the same in every key.
    const key = readFileSync(inside('key'), 'utf8').trim().split('\n').slice(2, -1).join('\n');
    expect(found('the log', logs, { key })).toEqual([]);
    expect(foundBelow(place.dataDirectory, { key }).finds).toEqual([]);
  });

  test('are known to be impossible before anything begins, to serve and to doctor', async () => {
    const { place, inside } = makeSigningPlace();
    using _ = place;
    mkdirSync(inside('home'));
    const environment = { AWO_DATA_DIR: place.dataDirectory, AWO_COMMIT_SIGNING_KEY: inside('key') };
    rmSync(inside('key'));
    const words = /Commits cannot be signed with .*key \(commitSigningKey\): there is no such file\./;
    const served = await awo(['serve', '--port', '0'], inside('home'), environment);
    expect([served.code === 0, served.stderr]).toEqual([false, expect.stringMatching(words)]);
    const doctor = await awo(['doctor'], inside('home'), environment);
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringMatching(words)]);
  });
});
