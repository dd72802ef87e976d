import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The agent programs that the tests run: real ones, from npm, pinned. They lie in two folders of their own, so that the
 * product's install stays light; `npm run agents` installs them.
 */

/** `default` is installed by every `npm test`, `more` for the longer run. */
export type AgentSet = 'default' | 'more';

export const AGENT_FOLDERS: Readonly<Record<AgentSet, string>> = {
  default: import.meta.dirname,
  more: join(import.meta.dirname, 'more'),
};

/** Written below `node_modules` when an install has failed: npm's words, for the tests that cannot run then. */
export const INSTALL_PROBLEM = join('node_modules', '.install-problem');

const PROGRAMS = {
  claude: { set: 'default', package: '@anthropic-ai/claude-code', native: 'itself' },
  codex: { set: 'default', package: '@openai/codex', native: 'vendored' },
  gemini: { set: 'default', package: '@google/gemini-cli', native: 'none' },
  opencode: { set: 'more', package: 'opencode-ai', native: 'itself' },
  qwen: { set: 'more', package: '@qwen-code/qwen-code', native: 'none' },
  'claude-agent-acp': { set: 'more', package: '@agentclientprotocol/claude-agent-acp', native: 'none' },
  'codex-acp': { set: 'more', package: '@agentclientprotocol/codex-acp', native: 'none' },
} as const satisfies Readonly<Record<string, Program>>;

interface Program {
  readonly set: AgentSet;
  readonly package: string;
  /** Whether the command is a program of the machine, starts one that lies in a package beside it, or runs in Node. */
  readonly native: 'itself' | 'vendored' | 'none';
}

export type AgentProgramName = keyof typeof PROGRAMS;

export const AGENT_PROGRAMS = Object.keys(PROGRAMS) as readonly AgentProgramName[];

export type AgentProgram =
  | {
      readonly name: AgentProgramName;
      /** The absolute path of what is spawned. What runs in Node looks for it on PATH. */
      readonly file: string;
      /** The program of the machine, where there is one; for Codex it is another than `file`, which starts it. */
      readonly native: string | null;
      readonly version: string;
      readonly missing: null;
    }
  | { readonly name: AgentProgramName; readonly file: null; readonly missing: string };

export function programsOf(set: AgentSet): readonly AgentProgramName[] {
  return AGENT_PROGRAMS.filter((name) => PROGRAMS[name].set === set);
}

export function packageOf(name: AgentProgramName): string {
  return PROGRAMS[name].package;
}

/** Where a program lies, or why it does not. Starts nothing. */
export function agentProgram(name: AgentProgramName): AgentProgram {
  const program = PROGRAMS[name];
  const folder = AGENT_FOLDERS[program.set];
  const missing = (reason: string): AgentProgram => ({ name, file: null, missing: reason });
  const manifest = join(folder, 'node_modules', program.package, 'package.json');
  if (!existsSync(manifest)) return missing(installProblem(folder));
  const version = versionIn(manifest);
  const wanted = versionWanted(folder, program);
  // What an earlier lock had left is not what the tests are for.
  if (version !== wanted) return missing(`Version ${version} is installed, not ${wanted}. ${installProblem(folder)}`);
  const file = join(folder, 'node_modules', '.bin', name);
  if (!isExecutable(file)) return missing(`${program.package} has no program "${name}" for this platform.`);
  const native = program.native === 'itself' ? file : program.native === 'vendored' ? vendored(folder, program) : null;
  if (program.native === 'vendored' && native === null) {
    return missing(`${program.package} has no program for ${process.platform} on ${process.arch}.`);
  }
  // Until its own install script has run, such a package holds a small stub in the program's place.
  if (program.native === 'itself' && statSync(file).size < 1024 * 1024) {
    return missing(`The install script of ${program.package} did not put its program in place.`);
  }
  return { name, file, native, version, missing: null };
}

function versionIn(manifest: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  return version;
}

function versionWanted(folder: string, program: Program): string | undefined {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return manifest.dependencies[program.package];
}

function installProblem(folder: string): string {
  const file = join(folder, INSTALL_PROBLEM);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  return '"npm run agents" installs it (with "-- --more" those of the longer run).';
}

/** The program in the package of this platform, in the one folder there that is named after its target. */
function vendored(folder: string, program: Program): string | null {
  const vendor = join(folder, 'node_modules', `${program.package}-${process.platform}-${process.arch}`, 'vendor');
  if (!existsSync(vendor)) return null;
  const files = readdirSync(vendor).map((target) => join(vendor, target, 'bin', 'codex'));
  return files.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
