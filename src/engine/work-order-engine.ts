import { decide } from '../domain/decide.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import { evolve } from '../domain/project.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { ConfinementFact, RequestChange, TimelessCommand, WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';
import type { Claim } from '../ports/dispatcher.ts';
import { cancelRun } from './cancel-run.ts';
import { commandOf } from './control.ts';
import { AttemptLog } from './attempt-log.ts';
import { RunEnded } from './endings.ts';
import type { EngineParts } from './engine-parts.ts';
import { forkOf } from './fork.ts';
import { failBroken } from './fail-broken.ts';
import { HistoryWriter } from './history-writer.ts';
import { expectMessage } from './messages.ts';
import type { Reclaimed } from './reclaimer.ts';
import { Reclaimer } from './reclaimer.ts';
import { MidTurnMessages } from './mid-turn.ts';
import { redactCommand } from './redact-command.ts';
import type { RunContext } from './run-context.ts';
import { remember } from './run-context.ts';
import { runWorkOrder } from './run-work-order.ts';
import { checkAgents, requestOf } from './submission.ts';
import { tellRun } from './tell-run.ts';
import { WaitingRoom } from './waiting-room.ts';
import type { LiveView, WorkOrders } from './work-orders.ts';

const CONFLICT_TRIES = 5;
const READ_RETRY_MS = 500;

/** The command that something means for a work order as it stands. */
type CommandFor = (now: {
  readonly workOrder: WorkOrder;
  readonly attempts: readonly EndedAttempt[];
}) => TimelessCommand;

/** One work order that this process carries out. */
interface Run {
  readonly history: HistoryWriter;
  readonly attemptLog: AttemptLog;
  readonly midTurn: MidTurnMessages;
  readonly abort: AbortController;
  /** What had ended before this run began. */
  readonly attempts: readonly EndedAttempt[];
}

/** Accepts, carries out and cancels work orders; what HTTP and the command line talk to. */
export class WorkOrderEngine implements WorkOrders {
  readonly #parts: EngineParts;
  readonly #runs = new Map<WorkOrderId, Run>();
  readonly #waitingRoom: WaitingRoom;
  readonly #reclaimer: Reclaimer;
  #stopping = false;
  readonly #draining = new AbortController();
  readonly #drained = Promise.withResolvers<void>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#reclaimer = new Reclaimer(parts);
    this.#waitingRoom = new WaitingRoom({ ...parts, onReleased: () => parts.dispatcher.wake() });
  }

  get running(): number {
    return this.#runs.size;
  }

  get maxRunning(): number {
    return this.#parts.maxRunning;
  }

  get draining(): boolean {
    return this.#draining.signal.aborted;
  }

  /** Takes up what an earlier process left unfinished, then what is pending. */
  async start(): Promise<void> {
    await this.#parts.dispatcher.start({ execute: (claim) => this.#execute(claim) });
    this.#waitingRoom.start();
  }

  /** Ends what runs so that a later start goes on from there; resolves when no process of an agent is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const run of this.#runs.values()) run.abort.abort(new RunEnded('stop'));
    await this.#waitingRoom.stop();
    await this.#parts.dispatcher.stop();
  }

  /** Resolves when it was drained. */
  get drained(): Promise<void> {
    return this.#drained.promise;
  }

  async drain(): Promise<void> {
    if (!this.draining) this.#parts.log.info('service_draining', { running: this.running });
    this.#draining.abort();
    await this.#waitingRoom.stop();
    await this.#parts.dispatcher.stop();
    this.#drained.resolve();
  }

  async submit({ submission: submitted, idempotencyKey }: Parameters<WorkOrders['submit']>[0]) {
    const submission = { ...submitted, userRequest: this.#parts.redactor.own(submitted.userRequest) };
    const request = await requestOf(submission, this.#parts);
    return this.#create({ type: 'create', request, confinement: this.#confinement }, idempotencyKey, submission);
  }

  async fork({ wish: given, idempotencyKey }: Parameters<WorkOrders['fork']>[0]) {
    const { store, newMessageId, redactor } = this.#parts;
    const { change } = given;
    const wish = {
      ...given,
      change: { ...change, ...(change.user_request && { user_request: redactor.own(change.user_request) }) },
      text: given.text && redactor.own(given.text),
    };
    this.#expectKept(wish.workOrderId);
    const fork = await forkOf(wish, store);
    await checkAgents(fork.request, this.#parts);
    const message = wish.text === null ? null : { prompt_id: newMessageId(), prompt: wish.text };
    const command = { type: 'fork', ...fork, confinement: this.#confinement, message } as const;
    return this.#create(command, idempotencyKey, wish);
  }

  async cancel({ workOrderId }: { readonly workOrderId: WorkOrderId }): Promise<WorkOrder> {
    for (let tries = 0; tries < CONFLICT_TRIES; tries += 1) {
      const run = this.#runs.get(workOrderId);
      if (run) return cancelRun(run);
      try {
        return await this.#cancelIdle(workOrderId);
      } catch (error) {
        // It was claimed between the look and the write: look again.
        if (!hasCode(error, 'store_conflict')) throw error;
      }
    }
    throw new WorkOrderError('store_unavailable', 'The work order changes too fast to be cancelled; try again.');
  }

  async control({ workOrderId, action }: Parameters<WorkOrders['control']>[0]): Promise<WorkOrder> {
    if ('change' in action) await this.#checkChange(workOrderId, action.change);
    if ('promptId' in action) await expectMessage(this.#parts.store, { workOrderId, promptId: action.promptId });
    this.#expectKept(workOrderId);
    return this.#tellAndWake(workOrderId, (now) => commandOf(action, now));
  }

  async queueMessage({ workOrderId, text: prompt }: Parameters<WorkOrders['queueMessage']>[0]) {
    const promptId = this.#parts.newMessageId();
    const command = { type: 'queue_message', prompt_id: promptId, prompt } as const;
    return { promptId, workOrder: await this.#tellAndWake(workOrderId, () => command) };
  }

  reclaim(wish: Parameters<WorkOrders['reclaim']>[0]): Promise<readonly Reclaimed[]> {
    return this.#reclaimer.reclaim(wish);
  }

  live({ workOrderId }: { readonly workOrderId: WorkOrderId }): LiveView | null {
    const run = this.#runs.get(workOrderId);
    if (!run) return null;
    const { activity, lastActivityAt } = run.attemptLog;
    return { activity, lastActivityAt, unsaved: run.history.unsaved };
  }

  problems(): readonly string[] {
    const problems = [...this.#runs.values()].map(({ history }) => history.problem);
    return [...new Set(problems.filter((problem) => problem !== null))];
  }

  get #confinement(): ConfinementFact {
    const { kind, network, problem } = this.#parts.confinement;
    return { kind, network, problem };
  }

  /** Throws while what a work order has left is being cleared away: nothing can go on from there then. */
  #expectKept(workOrderId: WorkOrderId): void {
    if (!this.#reclaimer.isRemoving(workOrderId)) return;
    throw new WorkOrderError('transition_refused', 'What it has left on the disk is being cleared away now.');
  }

  /** Saves a new work order, once for one key and one wish, and lets it be taken up. */
  async #create(command: TimelessCommand, idempotencyKey: string | null, wish: object) {
    const { store, clock, dispatcher, newId, redactor } = this.#parts;
    const [event, ...more] = decide({ ...command, at: clock.now().toISOString() }, null);
    if (!event) throw new Error('a new work order begins without an event');
    const idempotency =
      idempotencyKey === null ? null : { key: redactor.own(idempotencyKey), requestHash: JSON.stringify(wish) };
    const answer = await store.create({ workOrderId: newId(), event, more, idempotency });
    dispatcher.wake();
    return answer;
  }

  /** Records what a person wants, and lets those look who may have something to do now. */
  async #tellAndWake(workOrderId: WorkOrderId, command: CommandFor): Promise<WorkOrder> {
    const after = await this.#tell(workOrderId, command);
    this.#waitingRoom.wake();
    this.#parts.dispatcher.wake();
    return after;
  }

  /** Records a command, through the run where one goes on. */
  async #tell(workOrderId: WorkOrderId, command: CommandFor): Promise<WorkOrder> {
    for (let tries = 0; tries < CONFLICT_TRIES; tries += 1) {
      try {
        const run = this.#runs.get(workOrderId);
        const saved = await this.#parts.store.stepHistory({ workOrderId });
        if (!saved) throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
        if (run) return await tellRun(run, command({ ...saved, workOrder: run.history.workOrder }));
        return await this.#append(saved.workOrder, command(saved));
      } catch (error) {
        // It was claimed, or left, between the look and the write: look again.
        if (!hasCode(error, 'store_conflict') && !hasCode(error, 'store_fenced')) throw error;
      }
    }
    throw new WorkOrderError('store_unavailable', 'The work order changes too fast; try again.');
  }

  async #append(workOrder: WorkOrder, command: TimelessCommand): Promise<WorkOrder> {
    const { store, clock, redactor } = this.#parts;
    const { agent_work_order_id: workOrderId, last_seq: expectedSeq } = workOrder;
    const events = decide({ ...redactCommand(redactor, command), at: clock.now().toISOString() }, workOrder);
    if (events.length > 0) await store.append({ workOrderId, expectedSeq, epoch: null, events });
    return events.reduce<WorkOrder>((state, event) => evolve(state, event, workOrderId), workOrder);
  }

  async #checkChange(workOrderId: WorkOrderId, change: RequestChange): Promise<void> {
    const workOrder = await this.#parts.store.workOrder({ workOrderId });
    if (!workOrder) throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
    await checkAgents({ ...workOrder, ...change }, this.#parts);
  }

  /**
   * Ends a work order that nobody carries out. Without a sandbox nothing has to be cleared away, so that wish and end are
   * one write; else it is taken up once more, at once, to be ended.
   */
  async #cancelIdle(workOrderId: WorkOrderId): Promise<WorkOrder> {
    const { store, clock } = this.#parts;
    const workOrder = await store.workOrder({ workOrderId });
    if (!workOrder) throw new WorkOrderError('work_order_not_found', `Work order ${workOrderId} not found.`);
    const at = clock.now().toISOString();
    const asked = decide({ type: 'request_cancel', at }, workOrder);
    let after = asked.reduce<WorkOrder>((state, event) => evolve(state, event, workOrderId), workOrder);
    const events = [...asked];
    if (after.status === 'pending' && after.sandbox_identifier === null) {
      const ended = decide({ type: 'cancel', at, detail: 'Cancelled before it was carried on.' }, after);
      events.push(...ended);
      after = ended.reduce<WorkOrder>((state, event) => evolve(state, event, workOrderId), after);
    }
    if (events.length > 0) await store.append({ workOrderId, expectedSeq: workOrder.last_seq, epoch: null, events });
    await this.#parts.dispatcher.takeNow({ workOrderId });
    return after;
  }

  /** Carries out a claimed work order. Never rejects: what goes wrong is in its history and in the log. */
  async #execute(claim: Claim): Promise<void> {
    const { log } = this.#parts;
    const fields = { agent_work_order_id: claim.workOrderId };
    try {
      const run = await this.#begin(claim);
      if (!run) return;
      try {
        await this.#carryOut(run);
        const { status, outcome, waiting_reason, waiting_until } = run.history.workOrder;
        if (status === 'waiting') log.info('work_order_waits', { ...fields, waiting_reason, waiting_until });
        else log.info('work_order_ended', { ...fields, status, outcome });
      } finally {
        await run.attemptLog.flush();
        run.history.stop();
        this.#runs.delete(claim.workOrderId);
        this.#waitingRoom.wake();
      }
    } catch (error) {
      if (error instanceof RunEnded || hasCode(error, 'store_fenced'))
        log.info('work_order_left', { ...fields, reason: error.message });
      else log.error('work_order_run_broken', { ...fields, err: error });
    }
  }

  async #begin(claim: Claim): Promise<Run | null> {
    const { store, clock, log, redactor } = this.#parts;
    const { workOrderId } = claim;
    const before = await this.#untilRead(() => store.stepHistory({ workOrderId }));
    if (!before || isTerminal(before.workOrder.status)) return null;
    const abort = new AbortController();
    const onOutdone = () => abort.abort(new RunEnded('outdone'));
    const history = new HistoryWriter({ store, clock, log, claim, redactor, workOrder: before.workOrder, onOutdone });
    const run = {
      history,
      attemptLog: new AttemptLog({ store, clock, log, workOrderId, redactor }),
      midTurn: new MidTurnMessages(),
      abort,
      attempts: before.attempts,
    };
    this.#runs.set(workOrderId, run);
    if (this.#stopping) abort.abort(new RunEnded('stop'));
    return run;
  }

  /** A run that breaks in a way nobody foresaw must not leave its work order in `running`: it fails, with the reason. */
  async #carryOut(run: Run): Promise<void> {
    try {
      await runWorkOrder(this.#contextOf(run));
    } catch (error) {
      if (error instanceof RunEnded || hasCode(error, 'store_fenced')) throw error;
      this.#parts.log.error('work_order_run_broken', {
        agent_work_order_id: run.history.workOrder.agent_work_order_id,
        err: error,
      });
      await failBroken(run, error);
    }
  }

  #contextOf({ history, attemptLog, midTurn, abort, attempts }: Run): RunContext {
    const { forges, sandboxes } = this.#parts;
    const { repository_url: repositoryUrl, sandbox_type } = history.workOrder;
    const context: RunContext = {
      ...this.#parts,
      history,
      attemptLog,
      midTurn,
      forge: forges.forRepository({ repositoryUrl }),
      sandboxes: sandboxes.find(sandbox_type),
      signal: abort.signal,
      draining: this.#draining.signal,
      plans: this.#parts.store,
      signs: this.#parts.store,
      messages: this.#parts.store,
      events: this.#parts.store,
      ended: [],
      succeeded: new Map(),
      toldUncounted: new Set(),
      targetSettings: null,
      sandbox: null,
    };
    for (const attempt of attempts) remember(context, attempt);
    return context;
  }

  /** A store that cannot be read now will be read later: a claimed work order is never dropped for it. */
  async #untilRead<Value>(read: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!hasCode(error, 'store_unavailable') || this.#stopping) throw error;
        await this.#parts.clock.sleep(READ_RETRY_MS);
      }
    }
  }
}
