import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { CommitIdentity } from '../ports/sandbox.ts';
import { findProgram } from '../process/find-program.ts';
import { git, gitLine } from '../process/git.ts';
import type { ConfigEntry } from '../process/git-environment.ts';

const PROGRAM = 'ssh-keygen';
/** A key that has to be touched, or asks for something, is none for a service. */
const TRIAL_MS = 20_000;
const OTHERS = 0o077;

/** What the words of ssh-keygen mean. */
const HINTS: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /passphrase/i,
    `it has a passphrase, which nobody can enter; take it away ("${PROGRAM} -p -f FILE") or use another key`,
  ],
  [/Couldn't load|invalid format|error in libcrypto/i, `it holds no private key that ${PROGRAM} can read`],
];

/** How `commit-tree` is told to sign: for the one git process that makes the commit, in the clean repository. */
export function signed(keyFile: string | null): {
  readonly flags: readonly string[];
  readonly config: readonly ConfigEntry[];
} {
  if (keyFile === null) return { flags: [], config: [] };
  return {
    flags: ['-S'],
    config: [
      ['gpg.format', 'ssh'],
      ['gpg.ssh.program', PROGRAM],
      ['user.signingKey', keyFile],
    ],
  };
}

/** Who the commits of the service are by, from its configuration. */
export function commitIdentityOf(configuration: {
  readonly commitName: string;
  readonly commitEmail: string;
  readonly commitSigningKey: string | null;
}): CommitIdentity {
  const { commitName: name, commitEmail: email, commitSigningKey: signingKeyFile } = configuration;
  return { name, email, signingKeyFile };
}

/**
 * Tries to sign as commits will be signed, so that a key that is no good is known before an agent has worked for half
 * an hour. Does nothing without a key. Rejects with `configuration_invalid` and what to do.
 */
export async function checkSigning(
  identity: CommitIdentity,
  { path = process.env['PATH'] }: { readonly path?: string | undefined } = {},
): Promise<void> {
  const keyFile = identity.signingKeyFile ?? null;
  if (keyFile === null) return;
  const { problem } = findProgram({ file: PROGRAM, path, cwd: '/' });
  if (problem !== null) throw unusable(keyFile, `${problem}; install the OpenSSH client (Debian: openssh-client)`);
  const inTheWay = await problemOfFile(keyFile);
  if (inTheWay !== null) throw unusable(keyFile, inTheWay);
  const directory = await mkdtemp(join(tmpdir(), 'awo-signing-'));
  try {
    const [first, second] = [await trial(directory, identity), await trial(directory, identity)];
    if (first === second) return;
    throw unusable(
      keyFile,
      'its signatures differ each time, and a commit must come out the same again after a crash; use an ed25519 or RSA key',
    );
  } catch (error) {
    if (!(error instanceof WorkOrderError) || error.code === 'configuration_invalid') throw error;
    const [, hint] = HINTS.find(([words]) => words.test(error.message)) ?? [];
    throw unusable(keyFile, hint ?? error.message, error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function unusable(keyFile: string, reason: string, cause?: unknown): WorkOrderError {
  const message = `Commits cannot be signed with ${keyFile} (commitSigningKey): ${reason.replace(/\.$/, '')}.`;
  return new WorkOrderError('configuration_invalid', message, { cause });
}

/** What ssh-keygen would only hint at. */
async function problemOfFile(keyFile: string): Promise<string | null> {
  const stats = await stat(keyFile).catch(() => null);
  if (stats === null) return 'there is no such file';
  if (!stats.isFile()) return 'it is not a file';
  const isReadable = await access(keyFile, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!isReadable) return 'the user of the service may not read it';
  const isOwn = stats.uid === process.getuid?.();
  return isOwn && (stats.mode & OTHERS) !== 0 ? `others may read it; "chmod 600 ${keyFile}"` : null;
}

async function trial(directory: string, identity: CommitIdentity): Promise<string> {
  await git({ args: ['init', '--quiet', '--bare', '--', directory] });
  const { flags, config } = signed(identity.signingKeyFile ?? null);
  const tree = await gitLine({
    gitDirectory: directory,
    args: ['hash-object', '-t', 'tree', '-w', '--stdin'],
    stdin: '',
  });
  const date = '1000000000 +0000';
  return gitLine({
    gitDirectory: directory,
    args: ['commit-tree', ...flags, tree],
    config,
    stdin: 'A trial\n',
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    identity,
    timeoutMs: TRIAL_MS,
  });
}
