import type { Redactor } from './redact.ts';

/** A file into which a change brings secrets. */
export interface SecretInChange {
  readonly path: string;
  /** What the secrets are called. */
  readonly names: readonly string[];
}

/**
 * The service's secrets in the added lines of a unified diff, and in the names of its files, by file. Lines that stood
 * there before do not count: they are in the repository already.
 */
export function secretsInDiff(diff: string, redactor: Redactor): readonly SecretInChange[] {
  const changes: SecretInChange[] = [];
  for (const [index, part] of diff.split(/^diff --git /m).entries()) {
    // Whatever stands before the first file.
    if (index === 0) continue;
    const [header = '', ...hunks] = part.split(/^(?=@@ )/m);
    const path =
      /^\+\+\+ "?b\/(.*?)"?\t?$/m.exec(header)?.[1] ??
      /^rename to (.*)$/m.exec(header)?.[1] ??
      header.split('\n', 1)[0] ??
      '';
    const added = hunks.flatMap((hunk) =>
      hunk.split('\n').flatMap((line) => (line.startsWith('+') ? [line.slice(1)] : [])),
    );
    const hits = [...redactor.find(path).hits, ...redactor.find(added.join('\n')).hits];
    if (hits.length > 0) changes.push({ path: redactor.own(path), names: [...new Set(hits.map(({ name }) => name))] });
  }
  return changes;
}
