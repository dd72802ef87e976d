import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
let place: string;
let installed: string;

/** Builds, packs and unpacks the package as a user gets it; the dependencies are those of the checkout. */
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'awo-package-'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: ROOT });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], { cwd: ROOT });
  const archive = readdirSync(place).find((file) => file.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', archive], { cwd: place });
  installed = join(place, 'package');
  execFileSync('ln', ['-s', join(ROOT, 'node_modules'), join(installed, 'node_modules')]);
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

  test('says what to do on a Node that is too old', () => {
    // The check looks at `process.versions`, which is changed here before the program is loaded.
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); import(${JSON.stringify(join(installed, 'dist/cli/bin.js'))})`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', old], { encoding: 'utf8' });
    expect([status, stderr.includes('needs Node 24')]).toEqual([1, true]);
  });
});
