import type { AgentResult, AgentRun } from '../../ports/agent.ts';
import type { LineAnswer, OutputLine, ProcessEnd, ProcessInput, TimeLimits } from '../../ports/process.ts';
import type { Failure } from '../end.ts';
import { stoppedBy } from '../end.ts';
import { preview } from '../text.ts';
import { failureOfError, failureOfText } from './failure.ts';
import type { AcpProgram } from './program.ts';
import { judgePermission } from './permission.ts';
import { resetTimeIn } from './reset-time.ts';
import type { RpcAnswer, RpcPeer } from './rpc.ts';
import { METHOD_NOT_FOUND, createRpcPeer } from './rpc.ts';
import { initialized, promptAnswer, sessionState, sessionUpdate } from './schema.ts';
import type { Initialized, PromptAnswer, SessionState } from './schema.ts';
import { modeSetting, modelSetting } from './session-settings.ts';
import type { Setting } from './session-settings.ts';
import { toolName, toolSummary } from './tool-summary.ts';
import { failureOfEnd, failureOfTurn } from './turn-end.ts';
import { createUpdateReader } from './update-reader.ts';

const PROTOCOL_VERSION = 1;
const MAX_NOISE_CHARACTERS = 2000;
/** A history is told in fewer round trips than this; a program that never falls silent must not hold up the prompt. */
const MAX_SETTLING_ROUNDS = 200;

/** One attempt with a program: what is said to it, and what its words come to. */
export interface AcpDialogue {
  /** For `ProcessSpec.stdin`. */
  begin(input: ProcessInput): void;
  /** For `ProcessSpec.onLine`. */
  onLine(line: OutputLine): LineAnswer | Promise<LineAnswer>;
  /** For `ProcessSpec.interrupt`. */
  interrupt(): void;
  /** Called once, after the end of the process. */
  result(end: ProcessEnd, limits: TimeLimits): Promise<AgentResult>;
}

export function createAcpDialogue({
  run,
  program,
  now = () => new Date(),
}: {
  readonly run: AgentRun;
  readonly program: AcpProgram;
  readonly now?: () => Date;
}): AcpDialogue {
  const reader = createUpdateReader({ run, tokensAreOfLastCall: program.tokensAreOfLastCall });
  const denied = new Set<string>();
  let input: ProcessInput | null = null;
  let peer: RpcPeer | null = null;
  let capabilities: Initialized | null = null;
  let sessionId: string | null = null;
  let phase: 'opening' | 'prompted' | 'over' = 'opening';
  let isInterrupted = false;
  let loginsLeft: readonly string[] | null = null;
  let replayed = 0;
  let turn: PromptAnswer | null = null;
  let failure: Failure | null = null;
  let resetsAt: string | null = null;

  const warn = async (text: string): Promise<void> => {
    await run.onActivity({ kind: 'message', level: 'warn', text });
  };
  const ask = (
    method: string,
    params: object,
    onAnswer: (answer: RpcAnswer) => LineAnswer | Promise<LineAnswer>,
  ): 'quiet' => {
    peer?.request(method, params, (answer) => (isInterrupted && phase === 'opening' ? finish() : onAnswer(answer)));
    return 'quiet';
  };
  const finish = (): 'finish' => {
    phase = 'over';
    input?.end();
    return 'finish';
  };
  const fail = (answer: RpcAnswer & { readonly ok: false }): 'finish' => {
    failure = failureOfError(answer, { program: program.name });
    resetsAt = resetTimeIn(`${answer.message} ${JSON.stringify(answer.data) ?? ''}`, now()) ?? resetsAt;
    return finish();
  };
  const isInvalid = (what: string): 'finish' => {
    failure = { errorCode: 'agent_output_invalid', errorMessage: `${program.name} ${what}.` };
    return finish();
  };

  function onInitialized(answer: RpcAnswer): LineAnswer | Promise<LineAnswer> {
    if (!answer.ok) return fail(answer);
    const parsed = initialized.safeParse(answer.result);
    if (!parsed.success) return isInvalid('introduced itself in a form that cannot be read');
    const version = parsed.data.protocolVersion ?? null;
    if (version !== PROTOCOL_VERSION) return isInvalid(`speaks version ${version ?? 'unknown'} of the protocol, not 1`);
    capabilities = parsed.data;
    return run.resume === null ? openNew() : goOn(run.resume);
  }

  function openNew(): 'quiet' {
    return ask('session/new', { cwd: run.directory, mcpServers: [] }, (answer) =>
      onSession(answer, { again: openNew }),
    );
  }

  async function goOn(resume: NonNullable<AgentRun['resume']>): Promise<LineAnswer> {
    const can = capabilities?.agentCapabilities;
    const canFork = can?.sessionCapabilities?.fork != null;
    if (resume.fork && !canFork)
      await warn(`${program.name} cannot go on in a copy of a session; it goes on in the session itself.`);
    // Resuming is without the history that loading tells again.
    const method =
      resume.fork && canFork
        ? 'session/fork'
        : can?.sessionCapabilities?.resume != null
          ? 'session/resume'
          : can?.loadSession === true
            ? 'session/load'
            : null;
    if (method === null) {
      await warn(`${program.name} cannot go on with a session; it begins a new one.`);
      return openNew();
    }
    const params = { sessionId: resume.sessionId, cwd: run.directory, mcpServers: [] };
    return ask(method, params, async (answer) => {
      if (answer.ok || loginAfter(answer) !== null) {
        return onSession(answer, { again: () => void goOn(resume), earlier: resume.sessionId });
      }
      const why = preview(answer.message, 200);
      await warn(`${program.name} does not find its session ${resume.sessionId} (${why}); it begins a new one.`);
      return openNew();
    });
  }

  async function onSession(
    answer: RpcAnswer,
    { again, earlier = null }: { readonly again: () => void; readonly earlier?: string | null },
  ): Promise<LineAnswer> {
    if (!answer.ok) {
      const methodId = loginAfter(answer);
      if (methodId === null) return fail(answer);
      loginsLeft = loginsLeft?.slice(1) ?? [];
      return ask('authenticate', { methodId }, (given) => {
        if (!given.ok && loginAfter(given) === null) return fail(given);
        again();
        return 'quiet';
      });
    }
    const parsed = sessionState.safeParse(answer.result ?? {});
    const state: SessionState = parsed.success ? parsed.data : sessionState.parse({});
    sessionId = state.sessionId ?? earlier;
    if (sessionId === null) return isInvalid('gave no id to its session');
    await run.onActivity({ kind: 'session', sessionId });
    const begin = async (): Promise<LineAnswer> => {
      const mode = modeSetting(state, { program, mayChange: run.mayChange });
      const model = modelSetting(state, { program });
      for (const { problem } of [mode, model]) if (problem !== null) await warn(problem);
      return set([mode.setting, model.setting].filter((setting) => setting !== null));
    };
    return program.replaysLate && earlier !== null ? settle(state, begin, 0) : begin();
  }

  /** A way to log in that is left to try, where an answer wants a login. */
  function loginAfter(answer: RpcAnswer): string | null {
    if (answer.ok || failureOfError(answer, { program: program.name }).errorCode !== 'agent_not_logged_in') return null;
    loginsLeft ??= program.loginMethods(
      (capabilities?.authMethods ?? []).map(({ id, type = null, vars = [], _meta }) => ({
        id,
        type,
        variables: vars.map(({ name }) => name),
        takesKey: _meta != null && 'api-key' in _meta,
      })),
    );
    return loginsLeft[0] ?? null;
  }

  /** Waits, by questions without a consequence, until a whole round trip has passed without a word of the history. */
  function settle(state: SessionState, then: () => Promise<LineAnswer>, round: number): 'quiet' {
    const before = replayed;
    const modeId = state.modes?.currentModeId ?? 'default';
    return ask('session/set_mode', { sessionId, modeId }, () =>
      replayed === before || round >= MAX_SETTLING_ROUNDS ? then() : settle(state, then, round + 1),
    );
  }

  function set([setting, ...rest]: readonly Setting[]): LineAnswer {
    if (setting === undefined) return prompt();
    return ask(setting.method, { sessionId, ...setting.params }, async (answer) => {
      if (!answer.ok)
        await warn(
          `${program.name} did not take the ${setting.what} ${setting.value}: ${preview(answer.message, 200)}`,
        );
      return set(rest);
    });
  }

  function prompt(): 'quiet' {
    phase = 'prompted';
    return ask('session/prompt', { sessionId, prompt: [{ type: 'text', text: run.prompt }] }, onPrompted);
  }

  async function onPrompted(answer: RpcAnswer): Promise<LineAnswer> {
    await reader.flush();
    const parsed = answer.ok ? promptAnswer.safeParse(answer.result) : null;
    turn = parsed?.data ?? null;
    const usage = reader.usage(turn);
    if (usage !== null) await run.onActivity({ kind: 'usage', usage, last: true });
    if (!answer.ok) {
      fail(answer);
      // Wrappers say "authentication required" to every trouble with a login; what it was, the program has told before.
      const told = failure?.errorCode === 'agent_not_logged_in' ? failureOfText(reader.lastMessage()) : null;
      failure = told ?? failure;
      return 'finish';
    }
    return turn?.stopReason == null ? isInvalid('ended its turn in a form that cannot be read') : finish();
  }

  async function onRequest(method: string, params: unknown): Promise<RpcAnswer> {
    if (method !== 'session/request_permission') {
      return { ok: false, code: METHOD_NOT_FOUND, message: `Method not found: ${method}`, data: undefined };
    }
    // So the protocol wants it once a turn is cancelled.
    if (isInterrupted) return { ok: true, result: { outcome: { outcome: 'cancelled' } } };
    const { allowed, unwanted, tool, answer } = judgePermission(params, { mayChange: run.mayChange });
    if (tool !== null) await reader.showTool(tool);
    const name = tool === null ? 'a tool' : toolName(tool);
    if (unwanted) denied.add(name);
    const summary = tool === null ? 'something that it does not name' : toolSummary(tool, run);
    await run.onActivity({ kind: 'permission', tool: name, summary, allowed });
    return answer;
  }

  async function onNotification(method: string, params: unknown): Promise<LineAnswer> {
    const parsed = method === 'session/update' ? sessionUpdate.safeParse(params) : null;
    if (parsed?.success !== true) return 'quiet';
    const { sessionId: of, update } = parsed.data;
    if (phase !== 'prompted') {
      replayed += 1;
      return 'quiet';
    }
    // A helper's words are a sign of life, but not the answer.
    if (typeof of === 'string' && of !== sessionId) return;
    return (await reader.take(update.sessionUpdate, update)) ? undefined : 'quiet';
  }

  async function onStderr(text: string): Promise<LineAnswer> {
    resetsAt = resetTimeIn(text, now()) ?? resetsAt;
    const activity = program.readStderr(text);
    if (activity === null) return 'quiet';
    await run.onActivity(activity);
    return activity.kind === 'retry' ? undefined : 'quiet';
  }

  return {
    begin(given) {
      input = given;
      peer = createRpcPeer(given, {
        onRequest,
        onNotification,
        async onNoise(text, cutAt): Promise<LineAnswer> {
          const what =
            cutAt === null ? preview(text, MAX_NOISE_CHARACTERS) : `A line of ${cutAt} bytes could not be read.`;
          await run.onActivity({ kind: 'message', level: 'info', text: what });
          return 'quiet';
        },
      });
      ask(
        'initialize',
        {
          protocolVersion: PROTOCOL_VERSION,
          clientInfo: { name: 'agent-work-orders', version: '1' },
          // Files and commands are the program's own affair, inside its sandbox.
          clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
        },
        onInitialized,
      );
    },
    onLine(line) {
      if (line.stream === 'stderr') return onStderr(line.text);
      return peer?.receive(line);
    },
    interrupt() {
      isInterrupted = true;
      if (phase === 'prompted') peer?.notify('session/cancel', { sessionId });
      else input?.end();
    },
    async result(end, limits) {
      await reader.flush();
      const usage = reader.usage(turn);
      const stopped =
        stoppedBy(end, { program: program.name, limits }) ??
        failure ??
        (turn === null
          ? failureOfEnd(end, { program: program.name })
          : failureOfTurn(turn, { program: program.name, reader, denied: [...denied, ...reader.denied] }));
      if (stopped === null) return { ok: true, output: reader.lastMessage(), answer: null, sessionId, usage };
      const said = reader.said();
      const limited = stopped.errorCode === 'agent_rate_limited';
      return {
        ok: false,
        ...stopped,
        output: said === '' ? null : said,
        resetsAt: limited ? (resetsAt ?? resetTimeIn(said, now())) : null,
        sessionId,
        usage,
      };
    },
  };
}
