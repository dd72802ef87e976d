import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { buildPage } from './page.ts';

/** `npm run build`: what is published, in `dist/`. The prompts in `commands/` are shipped as they are. */
rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status === 0) {
  chmodSync('dist/cli/bin.js', 0o755);
  await buildPage();
}
process.exitCode = status ?? 1;
