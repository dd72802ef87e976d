import { delimiter, isAbsolute } from 'node:path';
import type { AgentRun } from '../ports/agent.ts';

/** Where programs are looked for when the service has no PATH of its own. */
const STANDARD_PATH = '/usr/local/bin:/usr/bin:/bin';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The service's PATH without what `npm run` puts before it: an agent must find the user's programs, not the packages
 * of this service. Entries that are not absolute go too; they would be looked up in the target repository.
 */
export function programPath(environment: Environment): string {
  const folders = (environment['PATH'] ?? STANDARD_PATH)
    .split(delimiter)
    .filter(
      (folder) => isAbsolute(folder) && !/[\\/]node_modules[\\/](?:\.bin|.*[\\/]node-gyp-bin)[\\/]?$/.test(folder),
    );
  return folders.length > 0 ? folders.join(delimiter) : STANDARD_PATH;
}

/** The variables that `wanted` names and that are set. */
export function pickEnvironment(environment: Environment, wanted: (name: string) => boolean): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && wanted(name)) picked[name] = value;
  }
  return picked;
}

/** What a program without a login of its own gets: nothing of the user's home, nothing secret. */
export function plainEnvironment(run: AgentRun, environment: Environment): Record<string, string> {
  return {
    PATH: programPath(environment),
    HOME: run.homeDirectory,
    TMPDIR: run.temporaryDirectory,
    LANG: environment['LANG'] ?? 'C.UTF-8',
    AWO_WORK_ORDER_ID: run.workOrderId,
    AWO_STEP: run.step,
    AWO_AGENT_NAME: run.agentName,
    AWO_ATTEMPT: String(run.attempt),
  };
}
