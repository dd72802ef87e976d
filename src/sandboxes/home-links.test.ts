import { mkdir, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { linkIntoHome } from './home-links.ts';

test('links what lies below the home folder of the user, and writes nothing there', async () => {
  const place = await mkdtemp(join(tmpdir(), 'awo-home-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const [userHome, home] = [join(place, 'ada'), join(place, 'home')];
  for (const folder of ['.rustup', '.cargo/bin']) await mkdir(join(userHome, folder), { recursive: true });
  await mkdir(home);
  const shown = ['.rustup/toolchains/x', '.cargo/bin', '.rustup', '.'].map((path) => join(userHome, path));
  await linkIntoHome({ home, userHome, paths: [...shown, place, '/usr', `${userHome}-other`] });
  expect(await readlink(join(home, '.rustup'))).toBe(join(userHome, '.rustup'));
  expect(await readlink(join(home, '.cargo/bin'))).toBe(join(userHome, '.cargo/bin'));
  expect(await readdir(home)).toEqual(['.cargo', '.rustup']);
  expect(await readdir(join(userHome, '.rustup'))).toEqual([]);
});
