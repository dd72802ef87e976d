import { execFileSync, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

/** What of a request on `…/owner/name.git/…`, with any number of groups before it, is for git: the repository and whether it is a push. */
export function gitRequestOf(
  url: URL,
): { readonly repository: string; readonly push: boolean; readonly path: string } | null {
  const match = /^\/((?:[^/]+\/)+[^/]+?)\.git(\/.*)$/.exec(url.pathname);
  const [, repository, path] = match ?? [];
  if (repository === undefined || path === undefined) return null;
  const push = path === '/git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  return { repository, push, path };
}

/** Lets git's own server side answer a request; resolves when its answer is whole. */
export function answerByGit(
  request: IncomingMessage,
  response: ServerResponse,
  what: { readonly repositories: string; readonly repository: string; readonly path: string; readonly query: string },
): Promise<void> {
  const program = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const backend = spawn(program, {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: what.repositories,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: `/${what.repository}.git${what.path}`,
      QUERY_STRING: what.query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      // Git takes whoever is named here for allowed to push; who may was asked before.
      REMOTE_USER: 'somebody',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  let head = Buffer.alloc(0);
  let begun = false;
  backend.stdout.on('data', (chunk: Buffer) => {
    if (begun) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    begun = true;
    writeHead(response, head.subarray(0, end).toString('latin1'));
    response.write(head.subarray(end + 4));
  });
  return new Promise((resolve) => {
    backend.on('close', () => {
      if (!begun) response.writeHead(500);
      response.end(resolve);
    });
  });
}

function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
