import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change, Edit } from './change.ts';

export type Applied =
  | { readonly changed: true }
  /** The working copy has the change already. */
  | { readonly changed: false };

/** Makes the edits of a change one by one. Throws, before it writes anything, where a file is not as the rule knows it. */
export async function applyChange({
  change,
  directory,
  onEdit,
}: {
  readonly change: Change;
  readonly directory: string;
  /** Is told of each file that changes, and writes it. */
  readonly onEdit: (path: string, write: () => Promise<void>) => Promise<unknown>;
}): Promise<Applied> {
  const texts = new Map<string, string>();
  for (const { path } of change.edits) {
    texts.set(path, await readFile(join(directory, path), 'utf8').catch(() => ''));
  }
  if (change.edits.every((edit) => isDone(edit, texts.get(edit.path) ?? ''))) return { changed: false };
  for (const edit of change.edits) texts.set(edit.path, edited(edit, texts.get(edit.path) ?? ''));
  for (const [path, text] of texts) {
    await onEdit(path, async () => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    });
  }
  return { changed: true };
}

function isDone(edit: Edit, text: string): boolean {
  return text.includes('append' in edit ? edit.append : edit.replace);
}

function edited(edit: Edit, text: string): string {
  if ('append' in edit) return text + edit.append;
  if (text.split(edit.find).length !== 2) throw new Error(`${edit.path} is not as the demo agent knows it`);
  return text.replace(edit.find, () => edit.replace);
}
