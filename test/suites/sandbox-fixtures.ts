import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ErrorCode } from '../../src/domain/error-catalogue.ts';
import { WorkOrderError } from '../../src/domain/errors.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import type { Sandbox, SandboxProvider } from '../../src/ports/sandbox.ts';
import { gitAs, makeRemote, temporaryFolder } from './git-fixtures.ts';

export const AT = '2026-03-01T12:00:00.000Z';
export const forever = new AbortController().signal;

export type MakeProvider = (dataDirectory: string) => Promise<SandboxProvider>;

/** A remote and a provider with a data folder of its own, new for each test. */
interface SandboxWorld {
  folder: Awaited<ReturnType<typeof temporaryFolder>>;
  remote: Awaited<ReturnType<typeof makeRemote>>;
  provider: SandboxProvider;
  dataDirectory: string;
}

export function useSandboxes(providerIn: MakeProvider) {
  // Filled before each test, and only used within one.
  const world = {} as SandboxWorld; // oxlint-disable-line typescript/no-unsafe-type-assertion
  beforeEach(async () => {
    world.folder = await temporaryFolder();
    world.dataDirectory = join(world.folder.path, 'data');
    world.remote = await makeRemote(join(world.folder.path, 'forge'));
    world.provider = await providerIn(world.dataDirectory);
  });
  afterEach(() => world.folder[Symbol.asyncDispose]());

  const create = (workOrderId: WorkOrderId = 'wo-one', changed: { repositoryUrl?: string; baseBranch?: string } = {}) =>
    world.provider.create({
      workOrderId,
      repositoryUrl: world.remote.url,
      baseBranch: null,
      signal: forever,
      onProgress: () => undefined,
      ...changed,
    });
  const open = (sandbox: Sandbox, workOrderId: WorkOrderId = 'wo-one') =>
    world.provider.open({
      workOrderId,
      repositoryUrl: world.remote.url,
      baseBranch: sandbox.baseBranch,
      baseCommit: sandbox.baseCommit,
    });
  return { world, create, open };
}

/** A path in the working copy. */
export function inside(sandbox: Sandbox, path: string): string {
  return join(sandbox.directory, path);
}

/** The paths of a commit of the clean repository. */
export function filesOf(sandbox: Sandbox, commit: string): readonly string[] {
  return gitAs(sandbox.collectedRepository, 'ls-tree', '-r', '--name-only', '-z', commit).split('\0').filter(Boolean);
}

/** Every path below a folder but `.git`, with what makes up the file. */
export async function everything(folder: string, below = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    const whole = join(folder, path);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) Object.assign(found, await everything(folder, path));
    else if (entry.isSymbolicLink()) found[path] = `link to ${await readlink(whole)}`;
    else {
      const executable = ((await lstat(whole)).mode & 0o100) !== 0;
      found[path] = `${executable ? 'program ' : ''}${(await readFile(whole)).toString('base64')}`;
    }
  }
  return found;
}

/** The code and the words with which a promise rejects. */
export async function codeOf(promise: Promise<unknown>): Promise<readonly [ErrorCode | null, string]> {
  const error: unknown = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof WorkOrderError) return [error.code, error.message];
  if (error === null) return [null, 'it succeeded'];
  throw error;
}
