import { readFile } from 'node:fs/promises';
import type { Secret } from '../domain/secrets.ts';
import type { SecretSource } from '../ports/secrets.ts';

/** A file that holds nothing but a secret, and what that is called where it was taken away. */
export interface SecretFile {
  readonly name: string;
  readonly path: string;
}

/** The lines around a key in PEM, which are the same for every key. */
const BOUNDARY = /-----(?:BEGIN|END) [A-Z ]+-----/g;
/** The first line of a key in the form of OpenSSH, in which nothing is secret. */
const OPENSSH_HEAD = /^b3BlbnNzaC1rZXktdjEA\S*\s+/;

/**
 * What stands in these files now: known before an agent could read and tell it. A file that cannot be read is passed
 * over.
 */
export function createFileSecrets(files: readonly SecretFile[]): SecretSource {
  const secretIn = async ({ name, path }: SecretFile): Promise<readonly Secret[]> => {
    const value = await readFile(path, 'utf8').then(
      (text) => text.replaceAll(BOUNDARY, '').trim().replace(OPENSSH_HEAD, ''),
      () => '',
    );
    // The lines of a key count by themselves: programs show a file with something before each line.
    const lines = value.split(/\s+/);
    return [value, ...(lines.length > 1 ? lines : [])].filter(Boolean).map((each) => ({ name, value: each }));
  };
  return { read: async () => (await Promise.all(files.map(secretIn))).flat() };
}

/** All of several sources. */
export function joinSecrets(sources: readonly SecretSource[]): SecretSource {
  return { read: async () => (await Promise.all(sources.map((source) => source.read()))).flat() };
}
