import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultKind } from '../fake-forge/faults.ts';
import type { FakeGithub } from '../fake-github/server.ts';
import type { StartingService } from './killed-service.ts';
import type { Lives } from './lives.ts';
import type { Random } from './random.ts';

const HOUR_MS = 3_600_000;

/** What a disturbance may reach. */
export interface Disturbed {
  readonly service: StartingService;
  readonly lives: Lives;
  readonly github: FakeGithub;
  readonly dataDirectory: string;
  readonly random: Random;
}

/** What goes wrong around a living service; each resolves when it is over, whether the service has outlived it or not. */
export const DISTURBANCES = {
  /** Another connection holds the lock for writing, for longer than the service waits for it. */
  async store_locked({ dataDirectory, random }: Disturbed) {
    const forMs = random.between(300, 3_500);
    const other = new DatabaseSync(join(dataDirectory, 'work-orders.db'), { timeout: 200 });
    try {
      other.exec('BEGIN IMMEDIATE');
      await pause(forMs);
      other.exec('ROLLBACK');
    } catch {
      // It was writing itself.
    } finally {
      other.close();
    }
  },
  async disk_full({ service, random }: Disturbed) {
    const forMs = random.between(200, 2_000);
    service.tell('disk full');
    await pause(forMs);
    service.tell('disk free');
  },
  /** Every answer of the store comes late: what was written is there by then, and nobody knows it yet. */
  async store_slow({ service, random }: Disturbed) {
    const forMs = random.between(300, 2_500);
    service.tell(`store ${random.between(20, 400)}`);
    await pause(forMs);
    service.tell('store 0');
  },
  async forge_away({ github, random }: Disturbed) {
    const at = random.pick(['pulls/create', 'pulls/list', 'repos/get', 'git']);
    const drawn = random.pick<FaultKind>(['bad_gateway', 'cut', 'cut_after']);
    // Git is answered whole or not at all.
    const kind = at === 'git' && drawn === 'cut_after' ? 'cut' : drawn;
    github.fault({ at, kind, times: random.between(1, 3) });
  },
  async clock_stepped({ service, random }: Disturbed) {
    service.tell(`clock ${random.between(-2, 6) * HOUR_MS}`);
  },
  /** Stopped as a machine that sleeps is; meanwhile another service wants the data folder. */
  async service_stopped({ service, lives, random }: Disturbed) {
    const forMs = random.between(100, 1_500);
    signal(service.pid, 'SIGSTOP');
    try {
      if (!(await lives.refusesAnother())) throw new Error('two services own one data folder');
      await pause(forMs);
    } finally {
      signal(service.pid, 'SIGCONT');
    }
  },
} as const;

export type DisturbanceKind = keyof typeof DISTURBANCES;
export const DISTURBANCE_KINDS: readonly [DisturbanceKind, ...DisturbanceKind[]] = [
  'store_locked',
  'disk_full',
  'store_slow',
  'forge_away',
  'clock_stepped',
  'service_stopped',
];

/** One that is gone has no need of it. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    return;
  }
}
