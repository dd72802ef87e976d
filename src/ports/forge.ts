/** Where a repository lives: fetch, push and, where there are any, pull requests and issues. */
export interface Forge {
  readonly id: string;
  /** False for a remote that knows branches only, and where a token for more is missing. */
  opensPullRequests(input: { readonly repositoryUrl: string }): Promise<boolean>;
  /** True when this forge is the one for a repository URL; the registry asks in its order. */
  recognises(input: { readonly repositoryUrl: string }): boolean;
  /**
   * What the forge says of the repository to whoever the service is there. Rejects with `forge_auth_required`,
   * `forge_token_refused`, `forge_permission_missing`, `forge_unavailable`, `repository_unreachable` or
   * `repository_empty`; each says what a person can do.
   */
  verify(input: { readonly repositoryUrl: string; readonly signal: AbortSignal }): Promise<RepositoryFacts>;
  /**
   * Looks, before anything is worked at, whether the service may push there. Rejects as `verify` does where the forge says
   * that it may not; resolves where only a push can tell.
   */
  expectPush(input: { readonly repositoryUrl: string; readonly signal: AbortSignal }): Promise<void>;
  /** Names of the branches on the remote that start with `prefix`. Rejects with `forge_*` or `repository_unreachable`. */
  branches(input: {
    readonly repositoryUrl: string;
    readonly prefix: string;
    readonly signal: AbortSignal;
  }): Promise<readonly string[]>;
  /** An issue, or null when the forge has none at all. Rejects as `verify` does, with the reason, when it cannot give it. */
  issue(input: {
    readonly repositoryUrl: string;
    readonly number: string;
    readonly signal: AbortSignal;
  }): Promise<Issue | null>;
  /**
   * Pushes a commit to a branch that nobody else has. Find-or-create: a branch that is at this commit already is a
   * success; one at a commit of `replaces`, which the service has pushed before, is put to the new one; one at any other
   * commit is `git_conflict`. When it resolves the remote has shown the branch at the commit.
   * Rejects with `forge_auth_required`, `git_conflict`, `push_refused`, `forge_unavailable` or `configuration_invalid` (the token).
   */
  push(input: {
    readonly repositoryUrl: string;
    readonly fromRepository: string;
    readonly branch: string;
    readonly commit: string;
    readonly replaces: readonly string[];
    readonly signal: AbortSignal;
  }): Promise<void>;
  /**
   * Finds or opens the pull request of a branch that was pushed; says what a person can do where the forge opens none.
   * May be called again after a crash or an answer that was lost: there is one pull request all the same. When it
   * resolves with one, the forge itself has shown it at the commit. Rejects as `verify` does, or with `forge_refused`.
   */
  openPullRequest(input: {
    readonly repositoryUrl: string;
    readonly branch: string;
    readonly commit: string;
    readonly baseBranch: string;
    readonly title: string;
    readonly body: string;
    /** Opens it as a draft, where the forge has drafts; an open one stays as it is. */
    readonly draft?: boolean;
    readonly signal: AbortSignal;
  }): Promise<PullRequest>;
  /** The page of a file on a branch; null where the forge has no pages. Asks nobody. */
  fileUrl(input: { readonly repositoryUrl: string; readonly branch: string; readonly path: string }): string | null;
  /** Replaces the text of a pull request; may be called twice. Does nothing where there are none. Rejects as `openPullRequest`. */
  updatePullRequest(input: {
    readonly repositoryUrl: string;
    readonly number: string;
    readonly body: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /**
   * Keeps one comment of the service's own at an issue or a pull request: finds it by `commentId`, else by `marker`
   * (a text that the body holds and nobody else writes), and makes or changes it. May be called again after a crash:
   * there is one comment all the same. Null where there are no comments. Where both are numbered apart, a `!` before the
   * number says that it is a pull request's. Rejects as `openPullRequest`.
   */
  keepComment(input: {
    readonly repositoryUrl: string;
    readonly number: string;
    readonly commentId: string | null;
    readonly marker: string;
    readonly body: string;
    readonly signal: AbortSignal;
  }): Promise<{ readonly id: string; readonly url: string } | null>;
  /** Whether somebody may push to the repository; false for whoever it does not know. Rejects as `verify`. */
  mayPush(input: {
    readonly repositoryUrl: string;
    readonly user: string;
    readonly signal: AbortSignal;
  }): Promise<boolean>;
  /** The checks of a commit as they stand now; none where the forge runs none. Rejects as `verify`. */
  checks(input: {
    readonly repositoryUrl: string;
    readonly commit: string;
    readonly signal: AbortSignal;
  }): Promise<readonly Check[]>;
}

export interface RepositoryFacts {
  readonly name: string;
  /** Null for a repository without one, as a local folder is. */
  readonly owner: string | null;
  readonly defaultBranch: string | null;
  /** Null where the forge does not say. */
  readonly mayPush: boolean | null;
}

export interface Issue {
  readonly number: string;
  readonly title: string;
  readonly body: string;
  /** Forges number both together, so that people mix them up. */
  readonly isPullRequest: boolean;
  /** The oldest first; where there are very many, the latest. */
  readonly comments: readonly { readonly author: string; readonly body: string }[];
}

export interface Check {
  readonly name: string;
  readonly state: 'running' | 'passed' | 'failed';
  readonly url: string | null;
}

type PullRequest =
  | { readonly opened: true; readonly url: string }
  /** `howTo` is the command or the URL that opens one by hand. */
  | { readonly opened: false; readonly howTo: string };

export interface ForgeRegistry {
  readonly forges: readonly Forge[];
  /** The forge of a repository; `plain-git` takes every URL, so there is always one. */
  forRepository(input: { readonly repositoryUrl: string }): Forge;
}

/** Which repositories this service accepts at all. */
export interface RepositoryPolicy {
  /**
   * Returns the URL rebuilt from its parts (a local folder as its real path), which is the only form that is stored
   * and given to git. Rejects with `repository_url_refused` and the reason.
   */
  accept(input: { readonly repositoryUrl: string }): Promise<string>;
}
