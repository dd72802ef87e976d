import { execFileSync } from 'node:child_process';

/** Who a token is. */
export interface Account {
  readonly login: string;
  readonly canPush: boolean;
  /** A GitHub App acts as a bot, and may not ask who it is. */
  readonly isApp: boolean;
  /** The one repository that it opens, as `owner/name`; all of them when absent. */
  readonly only?: string;
}

export interface FakeComment {
  readonly id: number;
  readonly login: string;
  body: string;
}

export interface FakeIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly comments: FakeComment[];
}

export interface FakePull {
  readonly number: number;
  readonly title: string;
  body: string | null;
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  state: 'open' | 'closed';
}

interface FakeCheckRun {
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: 'success' | 'failure' | null;
}

/** A repository of the fake: a bare one for git, and what GitHub knows besides. */
export interface FakeRepository {
  readonly owner: string;
  readonly name: string;
  /** The folder of the bare repository. */
  readonly path: string;
  readonly isPrivate: boolean;
  defaultBranch: string;
  readonly issues: Map<number, FakeIssue>;
  readonly pulls: FakePull[];
  /** By commit. */
  readonly checkRuns: Map<string, readonly FakeCheckRun[]>;
  /** Commits of branches that the API shows instead of the real ones, as a forge that is behind does. */
  readonly stale: Map<string, string>;
  /** GitHub numbers issues and pull requests together. */
  nextNumber: number;
}

/** The commit of a branch, or null. */
export function branchCommit({ path, stale }: FakeRepository, branch: string): string | null {
  const args = ['-C', path, 'rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}`];
  try {
    return stale.get(branch) ?? execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
