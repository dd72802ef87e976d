import { WorkOrderError } from '../domain/errors.ts';

/** How much one checkpoint may take in beyond the base commit; what is ignored does not count. */
export interface ChangeLimits {
  readonly maxFileBytes: number;
  /** All changed and new files together. */
  readonly maxChangeBytes: number;
  readonly maxChangeFiles: number;
}

export interface ChangedFile {
  /** For a person. */
  readonly name: string;
  readonly bytes: number;
}

const MAX_NAMED = 5;

/** Throws `change_too_large`, naming the largest files and the option that says so. */
export function refuseTooLarge(files: readonly ChangedFile[], limits: ChangeLimits): void {
  const largest = files.toSorted((a, b) => b.bytes - a.bytes).slice(0, MAX_NAMED);
  const [first] = largest;
  if (first && first.bytes > limits.maxFileBytes) {
    const tooLarge = largest.filter(({ bytes }) => bytes > limits.maxFileBytes);
    throw tooMuch(`${shown(tooLarge)}: more than maxFileBytes (${megabytes(limits.maxFileBytes)}) in one file.`);
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > limits.maxChangeBytes) {
    const most = `more than maxChangeBytes (${megabytes(limits.maxChangeBytes)})`;
    throw tooMuch(`The changed files hold ${megabytes(total)}, ${most}. The largest: ${shown(largest)}.`);
  }
  refuseTooMany(
    files.map(({ name }) => name),
    limits,
  );
}

/** Throws `change_too_large`, naming the folders in which most of the files lie. */
export function refuseTooMany(names: readonly string[], { maxChangeFiles }: ChangeLimits): void {
  if (names.length <= maxChangeFiles) return;
  const counts = new Map<string, number>();
  for (const name of names) {
    const folder = name.includes('/') ? `${name.slice(0, name.indexOf('/'))}/` : './';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const fullest = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MAX_NAMED);
  const where = fullest.map(([folder, count]) => `${folder} (${count})`).join(', ');
  throw tooMuch(`${names.length} files have changed, more than maxChangeFiles (${maxChangeFiles}). Most in: ${where}.`);
}

function shown(files: readonly ChangedFile[]): string {
  return files.map(({ name, bytes }) => `${name} (${megabytes(bytes)})`).join(', ');
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function tooMuch(message: string): WorkOrderError {
  return new WorkOrderError('change_too_large', message);
}
