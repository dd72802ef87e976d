import { describe, expect, test } from 'vitest';
import { classifyGitFailure, gitWords } from './git-failure.ts';

describe("git's words become a code", () => {
  test.each([
    ['forge_auth_required', "fatal: could not read Username for 'https://github.com': terminal prompts disabled"],
    ['forge_auth_required', "remote: Invalid username or token.\nfatal: Authentication failed for 'https://h/a/'"],
    ['forge_auth_required', 'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.'],
    ['forge_auth_required', "fatal: unable to access 'https://h/a/': The requested URL returned error: 403"],
    [
      'forge_unavailable',
      "fatal: unable to access 'https://h/a/': Failed to connect to h port 443: Connection refused",
    ],
    ['forge_unavailable', "fatal: unable to access 'https://h/a/': Could not resolve host: h"],
    ['forge_unavailable', "fatal: unable to access 'https://h/a/': The requested URL returned error: 502"],
    ['forge_unavailable', 'ssh: connect to host h port 22: Connection timed out\nfatal: Could not read from remote'],
    ['forge_unavailable', 'error: RPC failed; curl 28 Operation too slow\nfatal: early EOF'],
    ['push_refused', ' ! [remote rejected] a -> a (pre-receive hook declined)\nerror: failed to push some refs'],
    ['push_refused', 'remote: error: GH006: protected branch hook declined.\nerror: failed to push some refs'],
    ['git_conflict', ' ! [rejected] a -> a (stale info)\nerror: failed to push some refs'],
    ['git_conflict', ' ! [rejected] a -> a (non-fast-forward)'],
    ['repository_unreachable', "fatal: '/srv/a' does not appear to be a git repository\nfatal: Could not read from r"],
    ['repository_unreachable', "remote: Repository not found.\nfatal: repository 'https://h/a/' not found"],
    ['repository_unreachable', 'Host key verification failed.\nfatal: Could not read from remote repository.'],
    ['repository_unreachable', "fatal: transport 'git' not allowed"],
    ['disk_full', 'fatal: write error: No space left on device'],
    [
      'push_refused',
      'remote: fatal: write error: No space left on device\n ! [remote rejected] a -> a (unpacker error)',
    ],
    ['git_failed', 'fatal: bad revision'],
  ])('%s: %s', (code, stderr) => {
    expect(classifyGitFailure({ stderr, timedOut: false })).toBe(code);
  });

  test('a time-out is the server that does not answer', () => {
    expect(classifyGitFailure({ stderr: '', timedOut: true })).toBe('forge_unavailable');
  });
});

describe('the words for a person', () => {
  test('are what the server said and the reasons, without progress and control characters', () => {
    const stderr =
      'Cloning into x\rReceiving 3%\rReceiving 9%\nremote: \nremote: No \u001b[31mpush\u001b[0m today.\n' +
      ' ! [remote rejected] a -> a (pre-receive hook declined)\nerror: failed to push some refs\nhint: try again';
    expect(gitWords(stderr)).toBe(
      'remote: No  [31mpush [0m today.; ! [remote rejected] a -> a (pre-receive hook declined); error: failed to push some refs',
    );
  });

  test('are bounded', () => {
    expect(gitWords(`fatal: ${'x'.repeat(10_000)}`)).toHaveLength(601);
  });
});
