import { execFileSync } from 'node:child_process';

/** Who a token is. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly canPush: boolean;
  /** False for an administrator of the whole forge. */
  readonly isMember: boolean;
  /** By a group that was invited: the repository itself does not say it. */
  readonly isInvited: boolean;
}

export interface FakeComment {
  readonly id: number;
  readonly login: string;
  body: string;
  /** The forge's own words about what happened. */
  readonly isSystem?: boolean;
  /** For members only. */
  readonly isInternal?: boolean;
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
  body: string;
  readonly head: string;
  readonly base: string;
  state: 'open' | 'closed';
  /** From a fork: its branch may have the name of another one here. */
  readonly isFromFork: boolean;
  readonly comments: FakeComment[];
}

/** A repository of a fake: a bare one for git, and what the forge knows besides. */
export interface FakeRepository {
  /** Its owner, or its groups, and its name. */
  readonly fullName: string;
  /** The folder of the bare repository. */
  readonly path: string;
  readonly isPrivate: boolean;
  isEmpty: boolean;
  readonly issues: Map<number, FakeIssue>;
  readonly pulls: FakePull[];
  /** By commit; the state is a word of the forge's own. */
  readonly statuses: Map<
    string,
    readonly { readonly name: string; readonly state: string; readonly mayFail?: boolean }[]
  >;
  /** Commits of branches that the API shows instead of the real ones, as a forge that is behind does. */
  readonly stale: Map<string, string>;
  /** Commands that the forge found in texts and would have carried out. */
  readonly carriedOut: string[];
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
