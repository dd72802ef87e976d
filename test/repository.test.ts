import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { errorsDocument } from '../scripts/errors-document.ts';
import { ERROR_CATALOGUE } from '../src/domain/error-catalogue.ts';
import { packageOf, programsOf } from './agents/programs.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
// Below test/ lie the agent programs as well, with tens of thousands of files of their own.
const filesBelow = (folder: string) =>
  globSync(`${folder}/**/*.ts`, { cwd: ROOT, exclude: (name) => name === 'node_modules' });
const sources = filesBelow('src');
const texts = [...sources, ...filesBelow('test')];

describe('package.json', () => {
  const manifest: {
    scripts: Record<string, string>;
    devDependencies: Record<string, string>;
    dependencies: Record<string, string>;
    allowScripts: Record<string, boolean>;
  } = JSON.parse(read('package.json'));

  test('runs the check of the Node version before anything else in every script', () => {
    for (const script of Object.values(manifest.scripts)) expect(script).toMatch(/^node scripts\/check-node\.cjs && /);
  });

  test('pins every dependency exactly', () => {
    for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test('has a lock file with the programs of every platform: without them npm 11 and 12 refuse to install', () => {
    const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(
      read('package-lock.json'),
    );
    const locked = Object.keys(packages);
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
      .filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  test('allows exactly the install scripts that are needed, and the lock file holds no download addresses', () => {
    const lock: { packages: Record<string, { hasInstallScript?: boolean; optional?: boolean; resolved?: string }> } =
      JSON.parse(read('package-lock.json'));
    const withScripts = Object.entries(lock.packages).filter(
      ([, { hasInstallScript, optional }]) => hasInstallScript && !optional,
    );
    expect(withScripts.map(([path]) => path.replace('node_modules/', ''))).toEqual(Object.keys(manifest.allowScripts));
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved)).toEqual([]);
  });
});

describe.each(['test/agents', 'test/agents/more'])('the agent programs of %s', (folder) => {
  const manifest: { dependencies: Record<string, string>; allowScripts: Record<string, boolean> } = JSON.parse(
    read(join(folder, 'package.json')),
  );
  const lock: { packages: Record<string, { hasInstallScript?: boolean; resolved?: string; version?: string }> } =
    JSON.parse(read(join(folder, 'package-lock.json')));

  test('are pinned exactly, as they are locked', () => {
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  test('have a word on every install script, and no download addresses', () => {
    const withScripts = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace('node_modules/', ''));
    expect(withScripts.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved)).toEqual([]);
    expect(read(join(folder, '.npmrc'))).toContain('omit-lockfile-registry-resolved=true');
  });

  test('are those that test/agents/programs.ts knows', () => {
    const packages = programsOf(folder === 'test/agents' ? 'default' : 'more').map((name) => packageOf(name));
    expect(packages.toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
  });
});

describe('the sources', () => {
  test('have no default export and no file that only hands names on', () => {
    for (const file of sources) {
      const { module } = parseSync(file, read(file));
      const entries = module.staticExports.flatMap((statement) => statement.entries);
      expect(
        entries.filter(({ exportName }) => exportName.name === 'default'),
        file,
      ).toEqual([]);
      const handedOn = entries.filter(({ moduleRequest }) => moduleRequest !== null);
      expect(handedOn.length > 0 && handedOn.length === entries.length, `${file} is a barrel`).toBe(false);
    }
  });

  test('skip no test without saying why', () => {
    const skipping = texts.filter((file) => /\b(?:test|it|describe)\.(?:skip|only|todo)\(/.test(read(file)));
    expect(skipping).toEqual([]);
  });
});

describe('the documents', () => {
  test('name every error code, made from the catalogue', () => {
    expect(read('docs/errors.md')).toBe(errorsDocument());
    expect(Object.keys(ERROR_CATALOGUE).length).toBeGreaterThan(30);
  });

  test('number the decision records without a gap', () => {
    const records = readdirSync(join(ROOT, 'docs/adr'))
      .filter((file) => file.endsWith('.md'))
      .toSorted();
    expect(records.map((file) => Number(file.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
  });

  test('name for each failure tests that are there', () => {
    const guide = 'docs/guide/failures.md';
    const shown = [...read(guide).matchAll(/\[[\w.-]+\.ts\]\(([^)]+)\): ([^;|]+)/g)];
    expect(shown.length).toBeGreaterThan(20);
    for (const [, link = '', words = ''] of shown) {
      expect(read(join('docs/guide', link)), link).toContain(words.trim());
    }
  });

  const guides = readdirSync(join(ROOT, 'docs/guide')).map((name) => `docs/guide/${name}`);

  test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/adding-an-agent.md', ...guides])(
    '%s links only to files that exist',
    (document) => {
      const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
      const missing = links.filter((link) => !existsSync(resolve(ROOT, document, '..', link)));
      expect(missing).toEqual([]);
    },
  );
});
