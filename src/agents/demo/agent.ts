import { realpathSync } from 'node:fs';
import { extname, isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Agent } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import type { Environment } from '../environment.ts';
import { plainEnvironment } from '../environment.ts';
import { runPlainProgram } from '../plain-program.ts';
import { readActivity } from './read-activity.ts';

const DEFAULT_LIMITS: TimeLimits = { firstActivityMs: 30_000, idleMs: null, totalMs: 60 * 60 * 1000 };

/** `program.ts` from source, `program.js` in the published package: the ending of this file. */
const PROGRAM = fileURLToPath(new URL(`./program${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/** The program and what it imports, and what tells Node that these are modules. */
const SOURCES = fileURLToPath(new URL('../..', import.meta.url));
const MANIFEST = fileURLToPath(new URL('../../../package.json', import.meta.url));

export interface DemoAgentOptions {
  /** Below it are the sample repositories, and nothing else is worked on. */
  readonly sampleDirectory: string;
  /** A factor on the time that the agent takes: 1 is about six seconds in all, 0 is instant. */
  readonly pace: number;
  readonly environment: Environment;
}

/** An agent without a model that really edits the sample repository by rule and runs its tests. */
export function createDemoAgent({ sampleDirectory, pace, environment }: DemoAgentOptions): Agent {
  return {
    id: 'demo',
    modelDriven: false,
    resumes: false,
    check: () =>
      Promise.resolve({
        available: true,
        version: null,
        versionTried: null,
        loggedIn: null,
        problem: null,
        nextStep: null,
      }),

    refuses({ repositoryUrl }) {
      if (isBelow(repositoryUrl, sampleDirectory)) return null;
      return 'The demo agent has no model and works on its own sample only. Run "awo demo", or name another agent.';
    },

    run: (run) =>
      runPlainProgram({
        run,
        program: 'The demo agent',
        file: process.execPath,
        args: [PROGRAM],
        readable: [SOURCES, MANIFEST],
        env: { ...plainEnvironment(run, environment), AWO_DEMO_PACE: String(pace) },
        defaultLimits: DEFAULT_LIMITS,
        readActivity,
      }),
  };
}

/** By real paths: a link out of the folder is outside. */
function isBelow(repositoryUrl: string, directory: string): boolean {
  try {
    const path = repositoryUrl.startsWith('file://') ? fileURLToPath(repositoryUrl) : repositoryUrl;
    if (!isAbsolute(path)) return false;
    const below = relative(realpathSync(directory), realpathSync(path));
    return below !== '' && !below.startsWith('..') && !isAbsolute(below);
  } catch {
    return false;
  }
}
