import { writeOnce } from './write-once.ts';

/** A comment of the service's own, as any forge has it. */
export interface KeptComment {
  readonly id: string;
  readonly url: string;
  readonly body: string;
}

/** Makes or changes the one comment of the service's own; one that was deleted is made anew. Rejects as its parts do. */
export async function keepOneComment({
  commentId,
  body,
  change,
  find,
  make,
  pause,
}: {
  readonly commentId: string | null;
  readonly body: string;
  /** Null when there is no such comment, as after a person has deleted it. */
  readonly change: (commentId: string) => Promise<KeptComment | null>;
  /** The comment of the service's own that holds the marker. */
  readonly find: () => Promise<KeptComment | null>;
  readonly make: () => Promise<KeptComment>;
  readonly pause: () => Promise<void>;
}): Promise<{ readonly id: string; readonly url: string }> {
  // The same words twice are no harm.
  const changeSurely = (id: string) => writeOnce({ write: () => change(id), look: async () => null, pause });
  const known = commentId === null ? null : await changeSurely(commentId);
  if (known) return { id: known.id, url: known.url };
  const found = await find();
  const changed = found && found.body !== body ? await changeSurely(found.id) : found;
  const { id, url } = changed ?? (await writeOnce({ write: make, look: find, pause }));
  return { id, url };
}
