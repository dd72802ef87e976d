import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WorkOrderError } from '../domain/errors.ts';

/** What a running service writes into its data folder. */
const ServiceFileSchema = z.object({ url: z.url(), pid: z.int().min(1) });
export type ServiceFile = z.infer<typeof ServiceFileSchema>;

const FILE_NAME = 'service.json';

/**
 * The service that owns a data folder, or null when there is none. A file that a killed service left behind counts as
 * none: its process is gone, or nothing of ours answers there. Rejects with `service_unreachable` when the process is
 * there and does not answer.
 */
export async function findService({
  dataDirectory,
  isOurs,
}: {
  readonly dataDirectory: string;
  /** Asks an address whether a service of this project answers; false when somebody else or nobody does. */
  readonly isOurs: (url: string) => Promise<'yes' | 'no' | 'silent'>;
}): Promise<ServiceFile | null> {
  const file = await readServiceFile(dataDirectory);
  if (!file || !isAlive(file.pid)) return null;
  const answer = await isOurs(file.url);
  if (answer === 'silent') {
    const message = `The service of ${dataDirectory} (pid ${file.pid}) does not answer at ${file.url}.`;
    throw new WorkOrderError('service_unreachable', message);
  }
  return answer === 'yes' ? file : null;
}

async function readServiceFile(dataDirectory: string): Promise<ServiceFile | null> {
  try {
    return ServiceFileSchema.parse(JSON.parse(await readFile(join(dataDirectory, FILE_NAME), 'utf8')));
  } catch {
    // Absent, or cut off in the middle of a write: the lock of the data folder is what really decides.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process of another user is there all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
