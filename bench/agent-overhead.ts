import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createAgentRegistry } from '../src/agents/registry.ts';
import type { Agent, AgentRun } from '../src/ports/agent.ts';
import type { RunProcess } from '../src/ports/process.ts';
import type { Sandbox } from '../src/ports/sandbox.ts';
import { createPromptSource } from '../src/prompts/command-files.ts';
import { detectConfinement } from '../src/sandboxes/confinement/detect.ts';
import type { AgentProgramName } from '../test/agents/programs.ts';
import { agentProgram, programsOf } from '../test/agents/programs.ts';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import { runBare } from './bare-process.ts';
import type { Benchmark, Figure } from './measure.ts';
import { alternate, figure } from './measure.ts';
import { childrenOf, peakOfDescendants } from './process-memory.ts';
import { makeSandbox } from './sandbox-place.ts';
import { plainEnvironment } from './served.ts';

const ROUNDS = 5;
const MEMORY_LOOK_MS = 50;
const SECRET = 'none';

interface Turn {
  readonly firstMs: number;
  /** The first thing that came from the model. */
  readonly answeredMs: number;
  readonly wholeMs: number;
  /** Of the largest process below this one. */
  readonly peakMib: number;
}

/** What an adapter and its sandbox add to a real agent program, whose model answers at once. */
export const agentOverhead: Benchmark = {
  name: 'agent-overhead',
  async run({ directory }) {
    using place = makeWorkPlace({ gated: false });
    const confinement = await detectConfinement('auto');
    const sandbox = await makeSandbox({ directory, repository: place.repository, confinement });
    const model = fork(resolve(import.meta.dirname, 'model-service.ts'), { execArgv: [] });
    try {
      const [url] = (await once(model, 'message')) as [string];
      const figures: Figure[] = [];
      for (const name of programsOf('default')) {
        const found = agentFor(name, url, directory);
        if (typeof found === 'string') console.log(`  agent-overhead: without ${name}. ${found}`);
        else figures.push(...(await overheadOf(name, found, sandbox)));
      }
      return figures;
    } finally {
      model.disconnect();
    }
  },
};

async function overheadOf(name: AgentProgramName, agent: Agent, sandbox: Sandbox): Promise<readonly Figure[]> {
  const product: Turn[] = [];
  const bare: Turn[] = [];
  const inSandbox = () => turnOf(agent, sandbox, sandbox.runProcess);
  const alone = () => turnOf(agent, sandbox, (spec) => runBare(spec, sandbox.directory));
  // What is read from the disk for the first time does not count.
  await inSandbox();
  await alternate(ROUNDS, [
    async () => void product.push((await inSandbox()).fromCall),
    async () => void bare.push((await alone()).fromSpawn),
  ]);
  const made = (what: string, unit: string, value: (turn: Turn) => number, note: string | null = null) =>
    figure({
      name: `${name}: ${what}`,
      unit,
      product: product.map(value),
      peers: { 'the bare program': bare.map(value) },
      ...(note === null ? {} : { note }),
    });
  return [
    made('to its first activity', 'ms', ({ firstMs }) => firstMs),
    made('to the first that comes from the model', 'ms', ({ answeredMs }) => answeredMs),
    made(
      'a whole turn',
      'ms',
      ({ wholeMs }) => wholeMs,
      'The planner of the shipped prompts: three calls of the model',
    ),
    made('peak memory of the program', 'MiB', ({ peakMib }) => peakMib),
  ];
}

/** One turn of the program; the times both from the call of the adapter and from the moment that it starts something. */
async function turnOf(agent: Agent, sandbox: Sandbox, runProcess: RunProcess) {
  const folders = await sandbox.attemptFolders({ agent: agent.id });
  const prompt = await planPrompt(sandbox);
  const calledMs = performance.now();
  let spawnedMs = calledMs;
  let firstMs = Number.NaN;
  let answeredMs = Number.NaN;
  let peakMib = 0;
  // The model's server is there already, and is not meant.
  const others = childrenOf(process.pid);
  const look = () => (peakMib = Math.max(peakMib, peakOfDescendants(process.pid, others)));
  const looking = setInterval(look, MEMORY_LOOK_MS);
  // In a variable: adapters of other versions want more or less of these.
  const run = {
    workOrderId: 'wo-bench',
    step: 'plan',
    agentName: 'planner',
    attempt: 1,
    prompt,
    model: null,
    directory: sandbox.directory,
    ...folders,
    runProcess: (spec) => {
      spawnedMs = performance.now();
      return runProcess(spec);
    },
    limits: { firstActivityMs: 60_000, idleMs: 60_000, totalMs: 120_000 },
    maxTurns: null,
    maxCostUsd: null,
    mayChange: true,
    resume: null,
    answerSchema: null,
    confined: false,
    signal: new AbortController().signal,
    onMessage: null,
    onActivity: ({ kind }) => {
      const nowMs = performance.now();
      if (Number.isNaN(firstMs)) firstMs = nowMs;
      if (Number.isNaN(answeredMs) && (kind === 'text' || kind === 'thinking' || kind === 'tool_call')) {
        answeredMs = nowMs;
      }
    },
  } satisfies AgentRun;
  const result = await agent.run(run);
  const endedMs = performance.now();
  clearInterval(looking);
  if (!result.ok) throw new Error(`${agent.id} failed: ${result.errorMessage}`);
  const since = (fromMs: number): Turn => ({
    firstMs: firstMs - fromMs,
    answeredMs: answeredMs - fromMs,
    wholeMs: endedMs - fromMs,
    peakMib,
  });
  return { fromCall: since(calledMs), fromSpawn: since(spawnedMs) };
}

function planPrompt(sandbox: Sandbox): Promise<string> {
  const shippedDirectory = resolve(import.meta.dirname, '../commands');
  return createPromptSource({ shippedDirectory, overrideDirectory: null }).prompt({
    name: 'planner_feature',
    args: ['Add a greeting', '', 'specs/plan.md'],
    readOverride: (path) => sandbox.readFile({ checkpoint: sandbox.baseCommit, path, maxBytes: 1024 }),
  });
}

/** The adapter with its installed program, or why there is none. */
function agentFor(name: AgentProgramName, url: string, directory: string): Agent | string {
  const program = agentProgram(name);
  if (program.file === null) return program.missing;
  const cli = { cliPath: program.file, model: null };
  const registry = createAgentRegistry({
    environment: {
      ...plainEnvironment(directory),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: SECRET,
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: SECRET,
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_API_KEY: SECRET,
    },
    claude: { ...cli, maxTurns: null },
    codex: cli,
    gemini: cli,
    opencode: cli,
    acp: { commandLine: null, mode: null, passEnvironment: [], modelHosts: [] },
    command: { commandLine: null, passEnvironment: [] },
    demo: { sampleDirectory: join(directory, 'demo'), pace: 1 },
  });
  return registry.find(name) ?? 'There is no adapter of that name.';
}
