import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');
const PAGE_SOURCE = join(ROOT, 'web', 'src');

interface Rule {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

/** What each folder of `src/` may import. `node` is Node's own modules; the rest of the right side is npm packages. */
const IMPORTS: Readonly<Record<string, Rule>> = {
  domain: { folders: [], packages: [] },
  ports: { folders: ['domain'], packages: [] },
  contract: { folders: ['domain'], packages: ['zod'] },
  process: { folders: ['domain', 'ports'], packages: ['node'] },
  engine: { folders: ['domain', 'ports'], packages: [] },
  stores: { folders: ['domain', 'ports', 'process'], packages: ['node', 'kysely'] },
  agents: { folders: ['domain', 'ports', 'process'], packages: ['node', 'zod'] },
  sandboxes: { folders: ['domain', 'ports', 'process'], packages: ['node'] },
  forges: {
    folders: ['domain', 'ports', 'process'],
    packages: ['node', 'zod', '@octokit/core', '@octokit/plugin-retry', '@octokit/plugin-throttling'],
  },
  prompts: { folders: ['domain', 'ports', 'process'], packages: ['node'] },
  dispatchers: { folders: ['domain', 'ports', 'process'], packages: ['node'] },
  telemetry: { folders: ['domain', 'ports', 'process'], packages: ['node', 'pino', 'pino-pretty'] },
  http: {
    folders: ['domain', 'contract', 'engine', 'ports'],
    packages: ['node', 'hono', '@hono/node-server', '@hono/zod-openapi', 'ws', 'zod'],
  },
  'upkeep.ts': { folders: ['domain', 'contract', 'process', 'stores'], packages: ['node'] },
  cli: {
    folders: ['domain', 'contract', 'server.ts', 'upkeep.ts'],
    packages: ['node', 'commander', 'picocolors', 'zod', 'eventsource-parser'],
  },
};

const REACT = ['react', '@tanstack/react-query', '@tanstack/react-router'];

/**
 * What each folder of the page may import; `main.tsx` and `routes.tsx`, which put it together, import all of it. The
 * page knows of the service what its contract says, and shares with it what is pure.
 */
const PAGE_IMPORTS: Readonly<Record<string, Rule>> = {
  api: { folders: ['domain', 'contract'], packages: ['eventsource-parser', '@tanstack/react-query'] },
  hooks: { folders: ['api', 'domain', 'contract'], packages: REACT },
  ui: { folders: [], packages: ['react', '@base-ui/react', 'lucide-react'] },
  components: {
    folders: ['api', 'hooks', 'ui', 'domain', 'contract'],
    packages: [...REACT, '@base-ui/react', 'lucide-react', 'react-markdown', 'remark-gfm'],
  },
  pages: {
    folders: ['api', 'hooks', 'ui', 'components', 'domain', 'contract'],
    packages: [...REACT, '@base-ui/react', '@tanstack/react-virtual', 'lucide-react', 'react-diff-view', 'refractor'],
  },
  testing: {
    folders: ['routes.tsx', 'api', 'domain', 'contract'],
    packages: [...REACT, 'vitest', '@testing-library/react', '@testing-library/user-event'],
  },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Every module that a source text names: imports, re-exports, and imports at run time. */
function importsOf(file: string, text: string): readonly Import[] {
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const fixed = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const passedOn = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest }) => moduleRequest?.value),
  );
  const late = module.dynamicImports.map(({ moduleRequest }) =>
    text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
  );
  return [...fixed, ...passedOn, ...late]
    .filter((specifier) => specifier !== undefined)
    .map((specifier) => ({ file, specifier }));
}

/** Why an import breaks the table, or null when it keeps it. */
function violation({ file, specifier }: Import): string | null {
  const from = folderOf(file);
  if (['server.ts', 'main.tsx', 'routes.tsx'].includes(from)) return null;
  const rule = file.startsWith(PAGE_SOURCE) ? PAGE_IMPORTS[from] : IMPORTS[from];
  if (!rule) return `${relative(ROOT, file)} lies in no folder of the import table`;
  const target = specifier.startsWith('.') ? folderOf(resolve(dirname(file), specifier)) : packageOf(specifier);
  const allowed = specifier.startsWith('.') ? [from, ...rule.folders] : rule.packages;
  return allowed.includes(target) ? null : `${relative(ROOT, file)} may not import ${specifier}`;
}

function folderOf(file: string): string {
  return relative(file.startsWith(PAGE_SOURCE) ? PAGE_SOURCE : SOURCE, file).split('/', 1)[0] ?? '';
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

const files = [SOURCE, PAGE_SOURCE].flatMap((source) =>
  readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => join(source, file)),
);
const imports = files.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));

describe('the house', () => {
  test(`keeps the import table (${files.length} files, ${imports.length} imports read)`, () => {
    // A check that reads nothing would be green for ever.
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(files.length);
    expect(imports.map(violation).filter((reason) => reason !== null)).toEqual([]);
  });

  test.each([
    ['domain/planted.ts', "import { readFile } from 'node:fs';"],
    ['domain/planted.ts', "import type { Store } from '../ports/store.ts';"],
    ['engine/planted.ts', "export { openSqliteStore } from '../stores/sqlite.ts';"],
    ['stores/planted.ts', "const { git } = await import('../agents/registry.ts');"],
    ['http/planted.ts', "import { runProcessTree } from '../process/spawn.ts';"],
    ['nowhere/planted.ts', "import { z } from 'zod';"],
  ])('would be told of a violation planted in %s: %s', (place, text) => {
    const planted = importsOf(join(SOURCE, place), text);
    expect(planted.map(violation).filter((reason) => reason !== null)).toHaveLength(1);
  });

  test.each([
    ['ui/planted.tsx', "import { request } from '../api/request.ts';"],
    ['components/planted.tsx', "import { BoardPage } from '../pages/board/board-page.tsx';"],
    ['api/planted.ts', "import type { AppDependencies } from '../../../src/http/dependencies.ts';"],
    ['pages/board/planted.tsx', "import { readFile } from 'node:fs/promises';"],
  ])('would be told of a violation planted in the page, in %s: %s', (place, text) => {
    const planted = importsOf(join(PAGE_SOURCE, place), text);
    expect(planted.map(violation).filter((reason) => reason !== null)).toHaveLength(1);
  });

  test('gives the page no code of the contract, only its types: zod would be most of what a browser loads', () => {
    const withCode = files.filter(
      (file) =>
        file.startsWith(PAGE_SOURCE) &&
        /^(?:import|export) (?!type )[^;]*\/contract\//m.test(readFileSync(file, 'utf8')),
    );
    expect(withCode).toEqual([]);
  });

  test('has no circle of files that import each other', () => {
    const graph = new Map(files.map((file) => [file, new Set<string>()]));
    for (const { file, specifier } of imports) {
      if (specifier.startsWith('.')) graph.get(file)?.add(resolve(dirname(file), specifier));
    }
    expect(circleIn(graph)).toBeNull();
  });
});

/** Takes away files that import nothing that is left, or that nothing left imports: what stays is tied in circles. */
function circleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const left = new Map(graph);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [file, targets] of left) {
      const imported = [...left.values()].some((others) => others.has(file));
      if (!imported || ![...targets].some((target) => left.has(target))) left.delete(file);
    }
  }
  return left.size === 0 ? null : [...left.keys()].map((file) => relative(ROOT, file));
}
