/** Where a repository lives: fetch, push and, where there are any, pull requests and issues. */
export interface Forge {
  readonly id: string;
  /** False for a remote that knows branches only. */
  readonly opensPullRequests: boolean;
  /** True when this forge is the one for a repository URL; the registry asks in its order. */
  recognises(input: { readonly repositoryUrl: string }): boolean;
  /** Names of the branches on the remote that start with `prefix`. Rejects with `forge_*` or `repository_unreachable`. */
  branches(input: {
    readonly repositoryUrl: string;
    readonly prefix: string;
    readonly signal: AbortSignal;
  }): Promise<readonly string[]>;
  /** An issue's title and text, or null when the forge has none or cannot give it. */
  issue(input: {
    readonly repositoryUrl: string;
    readonly number: string;
    readonly signal: AbortSignal;
  }): Promise<Issue | null>;
  /**
   * Pushes a commit to a branch that nobody else has. Find-or-create: a branch that is at this commit already is a
   * success; one at another commit is `push_refused`. When it resolves the remote has shown the branch at the commit.
   * Rejects with `forge_auth_required`, `push_refused` or `forge_unavailable`.
   */
  push(input: {
    readonly repositoryUrl: string;
    readonly fromRepository: string;
    readonly branch: string;
    readonly commit: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** Finds or opens the pull request of a branch; says what a person can do where the forge has none. */
  openPullRequest(input: {
    readonly repositoryUrl: string;
    readonly branch: string;
    readonly baseBranch: string;
    readonly title: string;
    readonly body: string;
    readonly signal: AbortSignal;
  }): Promise<PullRequest>;
}

export interface Issue {
  readonly number: string;
  readonly title: string;
  readonly body: string;
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
