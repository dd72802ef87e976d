import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
let place: string;
let installed: string;

/** What the package is made of. */
const SOURCES = ['src', 'web', 'scripts', 'commands', 'LICENSE', 'README.md', 'package.json', 'package-lock.json'];
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json'];

/**
 * Builds, packs and unpacks the package as a user gets it; the dependencies are those of the checkout. It is built in a
 * copy: other tests look at what was built in the checkout.
 */
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'awo-package-'));
  const checkout = join(place, 'checkout');
  for (const name of [...SOURCES, ...SETTINGS]) cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: checkout });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: checkout });
  const archive = readdirSync(place).find((file) => file.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', archive], { cwd: place });
  installed = join(place, 'package');
  symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('the published package', () => {
  test('is sound, and holds what runs and nothing else', async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true });
    expect(messages).toEqual([]);
    const inside = readdirSync(installed).toSorted();
    expect(inside).toEqual(['LICENSE', 'README.md', 'commands', 'dist', 'node_modules', 'package.json']);
    expect(
      readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
        /\.test\./.test(file),
      ),
    ).toEqual([]);
  });

  test('carries the demonstration through to a pushed branch', async () => {
    const environment = {
      PATH: process.env['PATH'],
      HOME: place,
      AWO_DATA_DIR: join(place, 'data'),
      AWO_DEMO_PACE: '0',
    };
    const program = join(installed, 'dist/cli/bin.js');
    const { stdout } = await run(process.execPath, [program, 'demo', '--json'], { env: environment });
    const types = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
      .map((event) => Reflect.get(event as object, 'type'));
    expect(types.filter((type) => type === 'attempt_finished')).toHaveLength(7);
    expect(types.at(-1)).toBe('work_order_completed');
  });

  test('serves the page', async () => {
    const environment = { PATH: process.env['PATH'], HOME: place, AWO_DATA_DIR: join(place, 'served'), AWO_PORT: '0' };
    const program = join(installed, 'dist/cli/bin.js');
    const service = spawn(process.execPath, [program, 'serve', '--json'], { env: environment });
    try {
      const [line] = await once(createInterface({ input: service.stdout }), 'line');
      const { url }: { readonly url: string } = JSON.parse(line);
      const page = await (await fetch(url)).text();
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
      const response = await fetch(new URL(script, url), { headers: { 'accept-encoding': 'br' } });
      expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'br']);
    } finally {
      service.kill('SIGKILL');
    }
  });

  test('says what to do on a Node that is too old', () => {
    // The check looks at `process.versions`, which is changed here before the program is loaded.
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); import(${JSON.stringify(join(installed, 'dist/cli/bin.js'))})`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', old], { encoding: 'utf8' });
    expect([status, stderr.includes('needs Node 24')]).toEqual([1, true]);
  });
});
