/** What differs between the forges that are asked by this client. */
export interface Dialect {
  /** As people write it: `GitLab`. */
  readonly forge: string;
  /** The header with the token. */
  readonly authorization: (token: string) => string;
  /** What the forge says in the body of a refusal; null when it has another form. */
  readonly wordsOf: (body: unknown) => string | null;
  /** Which permission is missing, from a refusal with 403. */
  readonly missingPermission: (body: unknown, words: string) => string;
}
