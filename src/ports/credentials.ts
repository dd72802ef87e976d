/** What the service is known by to the hosts of repositories. */
export interface Credentials {
  /**
   * The token for the host of a repository, or null when there is none. Asked again for each use, so that a file may
   * change. Rejects with `configuration_invalid` when a token is configured but cannot be read.
   */
  tokenFor(input: { readonly repositoryUrl: string }): Promise<string | null>;
  /** What to set so that there is a token, as the end of a sentence: `set GITHUB_TOKEN or GH_TOKEN`. */
  howToSet(input: { readonly repositoryUrl: string }): string;
}
