/** A value that nobody may see, and what it is called where it was taken away. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** A shorter value would be found where it is no secret. */
export const MIN_SECRET_CHARACTERS = 8;
/** What is longer is a file, not a key. */
const MAX_SECRET_CHARACTERS = 16 * 1024;
const MIN_WORD_CHARACTERS = 16;

/** Long words count anywhere in a name, short ones only as a part of their own: `PGPASSWORD`, `DEPLOY_KEY`, `accessToken`. */
const SECRET_NAME = [
  /token(?!s)|secret|passw(?:or)?d|passphrase|api_?key/i,
  /(?:^|_)(?:key|pass|pat|credentials?)(?:_|$)|_pwd$/i,
  /[a-z](?:Key|Credentials?)$/,
];
const NO_SECRET_NAME = /_(?:FILE|PATH|DIR|HOME|SOCK|URL|URI|ID|NAME|TYPE|PREFIX|EXPIRY|EXPIRES|LIMIT)S?$/i;
/** These are secrets whatever they look like, if they are long enough. */
const ALWAYS = new Set([
  'AWO_API_TOKEN',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GITLAB_TOKEN',
  'GITEA_TOKEN',
  'FORGEJO_TOKEN',
  'CODEBERG_TOKEN',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'OPENAI_API_KEY',
  'CODEX_API_KEY',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'OPENROUTER_API_KEY',
  'NPM_TOKEN',
]);

/**
 * The secrets of an environment: every variable whose name says key, token, secret, password or credentials, and the
 * password of a variable that is a URL. Not among them are values of less than eight characters, plain words and
 * numbers of less than sixteen, and paths: taken out of a text they would only make it unreadable.
 */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): readonly Secret[] {
  const secrets: Secret[] = [];
  for (const [name, given] of Object.entries(environment)) {
    const value = given?.trim() ?? '';
    if (isSecret(name, value)) secrets.push({ name, value }, ...secretsOfJsonText(name, value));
    const password = passwordOf(value);
    if (password !== null && isLongEnough(password)) secrets.push({ name, value: password });
  }
  return secrets;
}

/** The texts of a JSON value whose key says that they are secrets: what a login file of an agent program holds. */
export function secretsInJson(name: string, value: unknown): readonly Secret[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (typeof inner !== 'string') return secretsInJson(name, inner);
    return isSecret(key, inner) ? [{ name, value: inner }] : [];
  });
}

function secretsOfJsonText(name: string, text: string): readonly Secret[] {
  if (!text.startsWith('{')) return [];
  try {
    return secretsInJson(name, JSON.parse(text));
  } catch {
    return [];
  }
}

function isSecret(name: string, value: string): boolean {
  if (!isLongEnough(value)) return false;
  if (ALWAYS.has(name)) return true;
  if (!SECRET_NAME.some((words) => words.test(name)) || NO_SECRET_NAME.test(name)) return false;
  const isWord = /^(?:[A-Za-z]+|\d+)$/.test(value) && value.length < MIN_WORD_CHARACTERS;
  const isPath = /^(?:~|\.{0,2})\/[\w.@-]*(?:\/[\w. @-]+)+\/?$/.test(value);
  return !isWord && !isPath;
}

function isLongEnough(value: string): boolean {
  return value.length >= MIN_SECRET_CHARACTERS && value.length <= MAX_SECRET_CHARACTERS;
}

/** The password in `scheme://user:password@host`, as it stands there. */
function passwordOf(value: string): string | null {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/i.exec(value)?.[1] ?? null;
}
