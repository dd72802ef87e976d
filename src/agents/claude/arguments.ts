import type { AgentRun } from '../../ports/agent.ts';

/**
 * Tools that do not fit one run in one folder: a working tree of its own, whose changes nobody would look at, and turns at
 * a later time.
 */
const UNFIT_TOOLS = ['EnterWorktree', 'CronCreate', 'ScheduleWakeup'];

/** How the program is called for a run. */
export function claudeArguments({
  run,
  model,
  maxTurns,
  keyHelper,
}: {
  readonly run: Pick<AgentRun, 'mayChange' | 'maxCostUsd' | 'answerSchema' | 'resume'>;
  readonly model: string | null;
  readonly maxTurns: number | null;
  /** The setting `apiKeyHelper`. */
  readonly keyHelper: string | null;
}): readonly string[] {
  const { mayChange, maxCostUsd, answerSchema, resume } = run;
  return [
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    '--permission-prompt-tool',
    'stdio',
    '--permission-mode',
    mayChange ? 'bypassPermissions' : 'default',
    // Only the target repository's own settings count, not what the user of this machine has set up for other work.
    '--strict-mcp-config',
    '--setting-sources',
    'project',
    '--disallowedTools',
    UNFIT_TOOLS.join(','),
    ...option('--settings', keyHelper === null ? null : JSON.stringify({ apiKeyHelper: keyHelper })),
    ...option('--model', model),
    ...option('--max-turns', maxTurns),
    ...option('--max-budget-usd', maxCostUsd),
    ...option('--json-schema', answerSchema === null ? null : JSON.stringify(answerSchema)),
    ...option('--resume', resume?.sessionId ?? null),
    ...(resume?.fork === true ? ['--fork-session'] : []),
  ];
}

function option(name: string, value: string | number | null): readonly string[] {
  return value === null ? [] : [name, String(value)];
}
