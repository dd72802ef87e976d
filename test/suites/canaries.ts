import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const random = (length: number) => randomBytes(length).toString('hex').slice(0, length);

/** Made-up secrets of every kind, new each time, by the variable that holds them. */
export function makeCanaries() {
  const body = (lines: number) => Array.from({ length: lines }, () => randomBytes(48).toString('base64')).join('\n');
  return {
    GITHUB_TOKEN: ['gh', 'p_', random(36)].join(''),
    AWO_API_TOKEN: random(40),
    GITLAB_TOKEN: ['gl', 'pat-', random(20)].join(''),
    GITEA_TOKEN: random(40),
    GITHUB_WEBHOOK_SECRET: random(40),
    ANTHROPIC_API_KEY: ['sk-', 'ant-api03-', random(40)].join(''),
    CLAUDE_CODE_OAUTH_TOKEN: ['sk-', 'ant-oat01-', random(40)].join(''),
    OPENAI_API_KEY: ['sk-', 'proj-', random(40)].join(''),
    GEMINI_API_KEY: ['AI', 'za', random(35)].join(''),
    OWN_SERVICE_SECRET: `pä"ss\\w/örd+${random(12)}`,
    OWN_DEPLOY_KEY: ['-----BEGIN', ' PRIVATE KEY-----\n', body(3), '\n-----END', ' PRIVATE KEY-----'].join(''),
  } as const;
}

/** What must be nowhere: pieces of each value, so that one that was cut is found too, and of its encodings. */
function needlesOf(value: string): readonly string[] {
  const lines = value.split('\n').filter((line) => !line.startsWith('-----'));
  return lines.flatMap((line) => {
    const encoded = (before: string) => Buffer.from(`${before}${line}`).toString('base64').slice(4, -4);
    const forms = [
      line,
      encodeURIComponent(line),
      JSON.stringify(line).slice(1, -1),
      encoded(''),
      encoded(':'),
      encoded('::'),
    ];
    return forms.flatMap((form) => {
      const middle = Math.floor(form.length / 2) - 6;
      return [form.slice(0, 14), form.slice(middle, middle + 12), form.slice(-12)];
    });
  });
}

/** Where one of the needles stands in bytes or text; empty where none does. */
export function found(
  where: string,
  content: string | Buffer,
  canaries: Readonly<Record<string, string>>,
): readonly string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Object.entries(canaries).flatMap(([name, value]) => {
    const needle = needlesOf(value).find((each) => bytes.includes(each));
    if (needle === undefined) return [];
    const at = bytes.indexOf(needle);
    return [`${name} in ${where}: ${JSON.stringify(bytes.toString('utf8', Math.max(0, at - 60), at + 60))}`];
  });
}

/** Searches every file below a folder; of a git repository its objects as well, as git gives them out. */
export function foundBelow(
  folder: string,
  canaries: Readonly<Record<string, string>>,
): { readonly files: number; readonly objects: number; readonly finds: readonly string[] } {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  const repositories = [folder, ...paths].filter(
    (path) => existsSync(join(path, 'objects', 'info')) && existsSync(join(path, 'HEAD')),
  );
  const objects = repositories.map((repository) => ({ repository, content: objectsOf(repository) }));
  return {
    files: files.length,
    objects: objects.reduce((sum, { content }) => sum + content.length, 0),
    finds: [
      ...files.flatMap((path) => found(relative(folder, path), readFileSync(path), canaries)),
      ...objects.flatMap(({ repository, content }) =>
        found(`objects of ${relative(folder, repository)}`, content, canaries),
      ),
    ],
  };
}

function objectsOf(repository: string): Buffer {
  const args = ['--git-dir', repository, 'cat-file', '--batch-all-objects', '--batch', '--unordered'];
  return execFileSync('git', ['-c', 'safe.directory=*', ...args], { maxBuffer: 256 * 1024 * 1024 });
}
