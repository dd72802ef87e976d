import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { availableParallelism, loadavg, platform, release, totalmem } from 'node:os';

/** What the figures depend on; nothing that names the machine. */
export interface Machine {
  readonly cores: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  readonly git: string;
  /** Of the folder that the benchmarks write in. */
  readonly file_system: string;
  /** Of the last minute, before the first benchmark. */
  readonly load: number;
}

export function describeMachine(directory: string): Machine {
  return {
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    git: execFileSync('git', ['version'], { encoding: 'utf8' }).trim().split(' ')[2] ?? 'unknown',
    file_system: fileSystemOf(realpathSync(directory)),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The type of the innermost mount that holds the folder, where the system tells it. */
function fileSystemOf(directory: string): string {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, at = '']) => at === '/' || directory === at || directory.startsWith(`${at}/`));
    const innermost = mounts.toSorted(([, a = ''], [, b = '']) => a.length - b.length).at(-1);
    return innermost?.[2] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
