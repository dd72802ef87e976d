import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskUseOf } from './disk-use.ts';

test('the disk use of folders counts what is in them, and neither links nor what is half removed as folders', async () => {
  const top = await mkdtemp(join(tmpdir(), 'awo-use-'));
  try {
    expect(await diskUseOf(join(top, 'absent'))).toEqual({ folders: 0, bytes: 0 });
    for (const name of ['one/deep', 'two', '.removing-x']) await mkdir(join(top, name), { recursive: true });
    const before = await diskUseOf(top);
    expect(before.folders).toBe(2);
    await writeFile(join(top, 'one/deep/file'), Buffer.alloc(1_000_000, 1));
    await symlink('/usr', join(top, 'link'));
    const { folders, bytes } = await diskUseOf(top);
    expect(folders).toBe(2);
    expect(bytes - before.bytes).toBeGreaterThanOrEqual(1_000_000);
    expect(bytes - before.bytes).toBeLessThan(1_100_000);
  } finally {
    await rm(top, { recursive: true });
  }
});
