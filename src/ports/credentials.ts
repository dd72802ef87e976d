/** What the service is known by to the hosts of repositories. */
export interface Credentials {
  /**
   * The token for the host of a repository, or null when there is none. Asked again for each use, so that a file may
   * change. Rejects with `configuration_invalid` when a token is configured but cannot be read; where an app is
   * configured, with `forge_app_refused`, `forge_permission_missing` or `forge_unavailable` too.
   */
  tokenFor(input: { readonly repositoryUrl: string }): Promise<string | null>;
  /** Tells that a token was refused: where another one can be asked for, it is not given out again. */
  refused(input: { readonly repositoryUrl: string; readonly token: string }): void;
  /** What to set so that there is a token, as the end of a sentence: `set GITHUB_TOKEN or GH_TOKEN`. */
  howToSet(input: { readonly repositoryUrl: string }): string;
}
