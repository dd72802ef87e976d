import type { Budget } from '../domain/budget.ts';
import type { AgentChoice } from '../domain/agent-choice.ts';
import { atLeast, sum } from '../domain/usage.ts';
import type { AttemptOrigin, Feedback } from '../domain/work-order.ts';
import type { MessageId } from '../domain/ids.ts';
import { hasAnswered } from '../domain/unfinished.ts';
import type { StepName } from '../domain/workflow.ts';
import type { RunningAttempt, Usage } from '../domain/step.ts';
import type { Activity, Agent, AgentResult, AgentRun, SessionToResume } from '../ports/agent.ts';
import { activityLine, logLine, oneLine } from './activity.ts';
import { limitsOfStep } from './agent-settings.ts';
import { BudgetWatch } from './budget-watch.ts';
import { uncountedBy } from './budgets.ts';
import { agentOfStep } from './choose-agent.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { TakenMessages } from './messages.ts';
import { NO_MESSAGES, queuedForMidTurn, queuedMessages, turnOf, withMessages } from './messages.ts';
import type { ProcessEnd, ProcessSpec } from '../ports/process.ts';
import type { RunContext } from './run-context.ts';
import { countsStill, latestCheckpoint, sandboxOf, unfinishedWork, workOrderOf } from './run-context.ts';
import type { StepResult } from './steps/step.ts';

const MAX_PROMPT_BYTES = 1_024 * 1_024;

/** What a step wants of an agent. */
export interface Question extends Pick<AgentRun, 'mayChange' | 'answerSchema'> {
  /** The name of the prompt. */
  readonly role: string;
  readonly args: readonly string[];
  /** What speaks against the work that this attempt is to mend; nothing for new work. */
  readonly evidence?: string | null;
  /** What is said of work that is there already; nothing for new work. */
  readonly unfinished?: string | null;
}

/**
 * Gives the agent of the running step the prompt of a role, inside the sandbox, and passes on what it does while it
 * does it: each activity becomes a log entry, the session is in the history as soon as it is known. Returns when its
 * process tree is dead. Rejects with `prompt_missing`, `agent_unavailable`, `agent_repository_refused` or
 * `repository_settings_invalid`.
 */
export async function askAgent(context: RunContext, question: Question): Promise<AgentResult> {
  const { attemptLog, prompts } = context;
  const attempt = workOrderOf(context).in_progress;
  if (!attempt) throw new Error('an agent was asked outside of an attempt');
  const sandbox = sandboxOf(context);
  const checkpoint = latestCheckpoint(context);
  const { agent, choice } = await agentOfStep(context, attempt.step);
  context.redactor.learn(await context.secrets.read());
  const given = await prompts.prompt({
    name: question.role,
    args: question.args,
    readOverride: (path) => sandbox.readFile({ checkpoint, path, maxBytes: MAX_PROMPT_BYTES }),
  });
  // Who only looks does not act on a message: it waits for one who does.
  const messages = question.mayChange ? await queuedMessages(context) : NO_MESSAGES;
  // The agent is given what the history shows.
  const wanted = withFeedback(given, workOrderOf(context).feedback, attempt.step);
  const prompt = context.redactor.own(withMessages(withEarlierWork(wanted, question), messages));
  const resume = sessionToResume(context, { agent, step: attempt.step });
  const continued = attempt.step === 'implement' ? unfinishedWork(context).at(-1)?.attempt : undefined;
  const origin = {
    from_checkpoint: checkpoint,
    ...(continued === undefined ? {} : { continued_attempt: continued }),
  };
  const asked = { question, attempt, agent, choice, origin, words: [] };
  const result = await turn(context, asked, { prompt, resume, messages, used: null });
  const last = agent.resumes && question.mayChange ? await goOn(context, asked, { resume, result }) : result;
  await attemptLog.flush();
  await context.reach('after_agent', attempt.step);
  return last;
}

/** Who is asked what in an attempt. */
interface Asked {
  readonly question: Question;
  readonly attempt: RunningAttempt;
  readonly agent: Agent;
  readonly choice: AgentChoice;
  readonly origin: AttemptOrigin;
  /** All that was asked in this attempt until now: what the history keeps. */
  readonly words: string[];
}

/** What an agent is asked in one turn. */
interface Turn {
  readonly prompt: string;
  readonly resume: SessionToResume | null;
  readonly messages: TakenMessages;
  /** By earlier turns of this attempt. */
  readonly used: Usage | null;
}

/** One turn of an agent: records what it is asked, with the messages in it, and asks. */
async function turn(context: RunContext, asked: Asked, what: Turn): Promise<AgentResult> {
  const { attemptLog, midTurn } = context;
  const { question, attempt, agent, choice } = asked;
  const { prompt, resume, messages } = what;
  const { limits, maxTurns, budget } = limitsOfStep(context.agentSettings, attempt.step);
  using watch = await BudgetWatch.begin(context, budget);
  const refusal = watch.refusal();
  if (refusal) return refusal;
  await tellUncounted(context, agent, watch.left);
  await keepAsked(context, asked, { prompt, resume, messages: messages.ids });
  const onMessage = midTurn.open({
    queued: () => queuedForMidTurn(context),
    give: ({ id, prompt: words }) =>
      keepAsked(context, asked, { prompt: words, resume, messages: [id], mid_turn: true }),
  });
  attemptLog.activity = `${agent.id} is starting`;
  const sandbox = sandboxOf(context);
  const { agent_work_order_id: workOrderId } = workOrderOf(context);
  let told: Usage | null = null;
  const answer = await agent.run({
    workOrderId,
    step: attempt.step,
    agentName: attempt.agent_name,
    attempt: attempt.attempt,
    prompt,
    model: choice.model,
    directory: sandbox.directory,
    ...(await sandbox.attemptFolders({ agent: agent.id })),
    runProcess: (spec) => runProcess(context, spec),
    limits,
    maxTurns,
    maxCostUsd: watch.left.cost_usd,
    mayChange: question.mayChange,
    resume,
    answerSchema: question.answerSchema,
    confined: sandbox.confined,
    signal: AbortSignal.any([context.signal, watch.signal]),
    onMessage: question.mayChange ? onMessage : null,
    onActivity: (activity) => {
      if (activity.kind !== 'usage') return take(context, activity);
      told = atLeast(activity.usage, told);
      return takeUsage(context, sum(what.used, told), activity.last ? null : watch);
    },
  });
  midTurn.close();
  const usage = atLeast(answer.usage, told);
  context.budgets.use(workOrderId, sum(what.used, usage));
  const result = { ...(await watch.outcome(answer)), usage };
  void attemptLog.add(resultLine(result));
  return result;
}

/** Records all that the agent is asked in this attempt, with the messages in what is new. */
async function keepAsked(
  { history }: RunContext,
  { choice, origin, words }: Asked,
  {
    prompt,
    resume,
    ...what
  }: Pick<Turn, 'prompt' | 'resume'> & { readonly messages: readonly MessageId[]; readonly mid_turn?: true },
): Promise<void> {
  words.push(prompt);
  const resumed_session_id = resume?.sessionId ?? null;
  await history.record({
    type: 'keep_prompt',
    prompt: words.reduce(behind),
    choice,
    resumed_session_id,
    origin,
    ...what,
  });
}

function behind(text: string, next: string): string {
  return `${text.trimEnd()}\n\n---\n\n${next}`;
}

/** Gives an agent that has ended its turn what has come meanwhile, in the same session, until nothing has. */
async function goOn(
  context: RunContext,
  asked: Asked,
  first: { readonly resume: SessionToResume | null; readonly result: AgentResult },
): Promise<AgentResult> {
  let { result } = first;
  while (result.ok && result.sessionId !== null && !context.signal.aborted) {
    const messages = await queuedMessages(context);
    if (messages.ids.length === 0) return result;
    const prompt = context.redactor.own(turnOf(messages));
    const { sessionId, usage } = result;
    const resume = { sessionId, fork: false, usage: sum(first.resume?.usage ?? null, usage) };
    const next = await turn(context, asked, { prompt, resume, messages, used: usage });
    result = { ...next, usage: sum(usage, next.usage) };
  }
  return result;
}

/** A prompt, and behind it what somebody wants of this attempt. */
function withFeedback(prompt: string, feedback: Feedback | null, step: StepName): string {
  if (feedback?.step !== step) return prompt;
  return `${prompt.trimEnd()}\n\n## What is wanted of this attempt\n\n${feedback.text.trim()}\n`;
}

/** A prompt, and behind it what is to be known of the work that the folder holds. */
function withEarlierWork(prompt: string, { evidence, unfinished }: Question): string {
  const told = unfinished ? `${prompt.trimEnd()}\n\n## Work that was begun\n\n${unfinished}\n` : prompt;
  return evidence ? `${told.trimEnd()}\n\n## What has to be mended\n\n${evidence}\n` : told;
}

/** What an agent's result makes of a step that consists of asking it. */
export function stepResultOf(result: AgentResult): StepResult {
  const { sessionId: session_id, usage } = result;
  if (result.ok) return { status: 'succeeded', output: result.output, session_id, usage, touchedTree: true };
  const { errorCode: error_code, errorMessage: error_message, resetsAt: limit_resets_at, output } = result;
  return { status: 'failed', output, error_code, error_message, limit_resets_at, session_id, usage, touchedTree: true };
}

/**
 * The session in which the work was done that is unfinished, or that goes on for a message, else the planner's, for
 * an implementor that is to go on in it. A copy: a second try begins where the first did.
 */
function sessionToResume(
  context: RunContext,
  { agent, step }: { readonly agent: Agent; readonly step: StepName },
): SessionToResume | null {
  const { agentSettings, succeeded, ended } = context;
  if (step !== 'implement') return null;
  // Sessions are cleared away when a work order ends, so that one of before a reopening is not there any more.
  const unfinished = unfinishedWork(context).findLast(
    (attempt) => hasAnswered(attempt) && countsStill(context, attempt.finished_at),
  );
  const plan = agentSettings.implementSession === 'planner' ? succeeded.get('plan') : undefined;
  const earlier = unfinished ?? (agent.resumes ? succeeded.get(step) : undefined) ?? plan;
  if (!earlier?.session_id) return null;
  const { session_id: sessionId } = earlier;
  // Work that was only checked anew is of whom the attempt before had asked.
  const asked = ended.findLast((attempt) => attempt.session_id === sessionId && attempt.agent !== null) ?? earlier;
  if (asked.agent !== agent.id) return null;
  // A session that was itself a copy of the planner's counts what was used there too.
  const sessions = new Set([sessionId, plan?.session_id]);
  const usages = ended.filter(({ session_id }) => sessions.has(session_id)).map(({ usage }) => usage);
  return { sessionId, fork: true, usage: usages.reduce(sum, null) };
}

/** Keeps what is used in the log, where it is found again when the service dies, and looks whether more may be. */
async function takeUsage(context: RunContext, usage: Usage | null, watch: BudgetWatch | null): Promise<void> {
  const { budgets, attemptLog } = context;
  if (!usage) return;
  budgets.use(workOrderOf(context).agent_work_order_id, usage);
  await attemptLog.add({ level: 'debug', event: 'usage', message: 'usage of the attempt so far', data: usage });
  await watch?.look();
}

/** A budget that cannot hold an agent is told, not passed over in silence. */
async function tellUncounted({ history, toldUncounted }: RunContext, agent: Agent, left: Budget): Promise<void> {
  const uncounted = uncountedBy(agent, left);
  if (uncounted.length === 0 || toldUncounted.has(agent.id)) return;
  toldUncounted.add(agent.id);
  const message = `${agent.id} does not tell ${uncounted.map(({ what }) => what).join(' and ')}: no budget of that holds its attempts.`;
  await history.record({ type: 'note', code: 'budget_not_counted', message });
}

function take(context: RunContext, activity: Activity): void | Promise<void> {
  const { attemptLog, history } = context;
  const now = activityLine(activity);
  if (now) attemptLog.activity = now;
  if (activity.kind === 'session' && history.workOrder.agent_session_id !== activity.sessionId) {
    return keepSession(history, activity.sessionId);
  }
  const line = logLine(activity);
  return line ? attemptLog.add(line) : undefined;
}

async function keepSession(history: HistoryWriter, session_id: string): Promise<void> {
  try {
    await history.record({ type: 'keep_session', session_id });
  } catch {
    // An outdone writer refuses; the run then ends by its signal, not by the agent's stream.
  }
}

/** What a program said last is cut out of its output, so it is looked at here, where its edges are still known. */
async function runProcess(context: RunContext, spec: ProcessSpec): Promise<ProcessEnd> {
  const onNetworkRefused = (target: string) => tellRefused(context, target);
  const end = await sandboxOf(context).runProcess({ ...spec, onNetworkRefused });
  return { ...end, stderrTail: context.redactor.text(end.stderrTail) };
}

function tellRefused({ attemptLog }: RunContext, target: string): void {
  const message = `The network refused ${target}: it is not among the allowed hosts.`;
  void attemptLog.add({ level: 'warn', event: 'network_refused', message, data: { target } });
}

function resultLine(result: AgentResult) {
  const { sessionId: session_id, usage } = result;
  if (result.ok) {
    const message = oneLine(result.output) || 'The agent has ended its turn.';
    return { level: 'info', event: 'result', message, data: { ok: true, session_id, usage } } as const;
  }
  const { errorCode: error_code, resetsAt: limit_resets_at } = result;
  const data = { ok: false, error_code, limit_resets_at, session_id, usage };
  return { level: 'error', event: 'result', message: result.errorMessage, data } as const;
}
