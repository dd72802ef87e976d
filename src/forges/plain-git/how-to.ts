import type { Credentials } from '../../ports/credentials.ts';
import { isLocalRepository } from '../../process/git-environment.ts';

interface PushedBranch {
  readonly repositoryUrl: string;
  readonly branch: string;
  readonly baseBranch: string;
}

/** Pages that open a pull request, of public forges known by their names. */
const COMPARE_PAGES: Readonly<Record<string, (repository: string, base: string, branch: string) => string>> = {
  'github.com': (repository, base, branch) => `${repository}/compare/${asPath(base)}...${asPath(branch)}?expand=1`,
  'codeberg.org': (repository, base, branch) => `${repository}/compare/${asPath(base)}...${asPath(branch)}`,
  'gitea.com': (repository, base, branch) => `${repository}/compare/${asPath(base)}...${asPath(branch)}`,
  'gitlab.com': (repository, base, branch) =>
    `${repository}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${encodeURIComponent(branch)}` +
    `&merge_request%5Btarget_branch%5D=${encodeURIComponent(base)}`,
  'bitbucket.org': (repository, base, branch) =>
    `${repository}/pull-requests/new?source=${encodeURIComponent(branch)}&dest=${encodeURIComponent(base)}`,
};

/**
 * The page that opens a pull request for a branch that was pushed, where the forge is known by its name; else the
 * git command that writes the text of one, in the local repository itself or in a clone.
 */
export function howToOpenPullRequest({ repositoryUrl, branch, baseBranch }: PushedBranch): string {
  const home = homePage(repositoryUrl);
  if (home !== null) {
    const page = COMPARE_PAGES[home.host];
    if (page) return page(`https://${home.host}${home.path}`, baseBranch, branch);
  }
  const [url, head] = [shellWord(repositoryUrl), shellWord(branch)];
  const where = isLocalRepository(repositoryUrl) ? `git -C ${url}` : `git fetch ${url} ${head}:${head} && git`;
  return `${where} request-pull ${shellWord(baseBranch)} ${url} ${head}`;
}

/** What a forge with an API answers that has no token for it. */
export function openedByHand(
  asked: PushedBranch,
  credentials: Credentials,
): { readonly opened: false; readonly howTo: string } {
  const page = howToOpenPullRequest(asked);
  return { opened: false, howTo: `${page} (or ${credentials.howToSet(asked)}, and the service opens the next one)` };
}

/** Host and path of the repository's page, from any of the accepted forms; null for a local one. */
function homePage(repositoryUrl: string): { readonly host: string; readonly path: string } | null {
  const scp = /^[^/:@]+@([^/:]+):\/?(.+)$/.exec(repositoryUrl);
  const [host, path] = scp ? [scp[1], `/${scp[2]}`] : hostAndPath(repositoryUrl);
  if (host === undefined || path === undefined) return null;
  return { host, path: path.replace(/\/+$/, '').replace(/\.git$/, '') };
}

function hostAndPath(repositoryUrl: string): readonly [host?: string, path?: string] {
  const url = URL.parse(repositoryUrl);
  return url !== null && ['https:', 'ssh:'].includes(url.protocol) ? [url.hostname, url.pathname] : [];
}

function asPath(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
