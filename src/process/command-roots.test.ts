import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commandRoots } from './command-roots.ts';

test('is what the first word of a command needs, and nothing for what is no program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'awo-roots-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bin = join(folder, 'tools/chain/bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'build'), '');
  chmodSync(join(bin, 'build'), 0o755);
  const path = `${bin}:/usr/bin:/bin`;
  expect(commandRoots({ command: '  build --all && true', path })).toContain(bin);
  expect(commandRoots({ command: 'NAME=1 build', path })).toEqual([]);
  expect(commandRoots({ command: 'no-such-program', path })).toEqual([]);
});
