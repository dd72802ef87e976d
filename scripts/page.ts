import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

/** What the page is made of, from the root of the repository. */
const SOURCES = ['web', 'src/domain', 'src/contract', 'package-lock.json'];
const DIRECTORY = 'dist/page';

/** Builds the page into `dist/page`, with its files compressed beside them. */
export async function buildPage(): Promise<void> {
  // A test runner around this has one of its own, for which React would be the slow one that checks itself.
  process.env['NODE_ENV'] = 'production';
  await build({ configFile: 'web/vite.config.ts', logLevel: 'warn' });
  for (const file of filesIn(join(DIRECTORY, 'assets'))) {
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
  }
}

/** Builds the page where it is missing or older than what it is made of. */
export async function buildPageIfStale(): Promise<void> {
  const builtAtMs = statSync(join(DIRECTORY, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isStale = SOURCES.flatMap(filesIn).some((file) => statSync(file).mtimeMs > builtAtMs);
  if (!isStale) return;
  console.error('Building the page …');
  await buildPage();
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
