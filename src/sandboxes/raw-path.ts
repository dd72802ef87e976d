/** A path inside a working copy as git has it: its bytes, one a character, because a name need not be UTF-8. */
export type RawPath = string;

/** The path for calls to the file system, byte for byte. */
export function onDisk(folder: string, path: RawPath): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
}

/** The path for a person: what is no UTF-8, and control characters, are shown as signs. */
export function nameOf(path: RawPath): string {
  return Buffer.from(path, 'latin1')
    .toString('utf8')
    .replaceAll(/\p{Cc}/gu, '\ufffd');
}
