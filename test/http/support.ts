import { Redactor } from '../../src/domain/redact.ts';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgetOf } from '../../src/domain/budget.ts';
import { decide } from '../../src/domain/decide.ts';
import { WorkOrderError } from '../../src/domain/errors.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import {
  REPOSITORY_ID_BYTES,
  WORK_ORDER_ID_BYTES,
  messageId,
  repositoryId,
  workOrderId,
} from '../../src/domain/ids.ts';
import type { AttemptResult, Command, WorkOrder, WorkOrderRequest } from '../../src/domain/work-order.ts';
import type { StepName } from '../../src/domain/workflow.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { forkOf } from '../../src/engine/fork.ts';
import { Budgets } from '../../src/engine/budgets.ts';
import { commandOf } from '../../src/engine/control.ts';
import { createKnownRepositories } from '../../src/engine/known-repositories.ts';
import type { LiveView, Submission, WorkOrders } from '../../src/engine/work-orders.ts';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import { createRepositoryPolicy } from '../../src/forges/repository-policy.ts';
import { createApp } from '../../src/http/app.ts';
import type { AppDependencies } from '../../src/http/dependencies.ts';
import type { Agent } from '../../src/ports/agent.ts';
import type { NewLogEntry, Store } from '../../src/ports/store.ts';
import type { LogFields } from '../../src/ports/telemetry.ts';
import { systemClock } from '../../src/process/clock.ts';
import { NO_CREDENTIALS } from '../suites/git-fixtures.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';

type CommandWithoutTime = Command extends infer Each ? (Each extends Command ? Omit<Each, 'at'> : never) : never;

/** An engine without agents: a test says what happens, command by command, and the real `decide` says what that is. */
class ScriptedEngine implements WorkOrders {
  readonly store: Store;
  readonly running = 0;
  readonly maxRunning = 2;
  problemList: readonly string[] = [];
  submissions: Submission[] = [];
  readonly liveViews = new Map<WorkOrderId, LiveView>();

  constructor(store: Store) {
    this.store = store;
  }

  async submit({
    submission,
    idempotencyKey,
  }: {
    readonly submission: Submission;
    readonly idempotencyKey: string | null;
  }) {
    this.submissions.push(submission);
    const request: WorkOrderRequest = {
      repository_url: submission.repositoryUrl,
      user_request: submission.userRequest,
      workflow_type: 'agent_workflow_plan',
      sandbox_type: submission.sandboxType === 'git_branch' ? 'git_branch' : 'git_worktree',
      github_issue_number: submission.githubIssueNumber ?? null,
      agent: submission.agent ?? 'scripted',
      agent_chosen_by: 'request',
      repository_defaults: null,
      step_agents: {},
      model: submission.model ?? null,
      base_branch: submission.baseBranch ?? null,
      requested_by: submission.requestedBy ?? null,
      approvals: submission.approvals ?? [],
      budget: budgetOf(submission.budget ?? {}),
    };
    const [event] = decide({ type: 'create', confinement: null, at: new Date().toISOString(), request }, null);
    return this.store.create({
      workOrderId: workOrderId(randomBytes(WORK_ORDER_ID_BYTES)),
      event: event!,
      idempotency: idempotencyKey === null ? null : { key: idempotencyKey, requestHash: JSON.stringify(submission) },
    });
  }

  async cancel({ workOrderId: id }: { readonly workOrderId: WorkOrderId }): Promise<WorkOrder> {
    await this.tell(id, { type: 'request_cancel' });
    return this.state(id);
  }

  async control({ workOrderId: id, action }: Parameters<WorkOrders['control']>[0]): Promise<WorkOrder> {
    const history = await this.store.stepHistory({ workOrderId: id });
    if (!history) throw new WorkOrderError('work_order_not_found', `Work order ${id} was not found.`);
    await this.tell(id, commandOf(action, history));
    return this.state(id);
  }

  async fork({ wish, idempotencyKey }: Parameters<WorkOrders['fork']>[0]) {
    const fork = await forkOf(wish, this.store);
    const at = new Date().toISOString();
    const [event, ...more] = decide({ type: 'fork', at, ...fork, confinement: null, message: null }, null);
    return this.store.create({
      workOrderId: workOrderId(randomBytes(WORK_ORDER_ID_BYTES)),
      event: event!,
      more,
      idempotency: idempotencyKey === null ? null : { key: idempotencyKey, requestHash: JSON.stringify(wish) },
    });
  }

  async queueMessage({ workOrderId: id, text: prompt }: Parameters<WorkOrders['queueMessage']>[0]) {
    const promptId = messageId(randomBytes(WORK_ORDER_ID_BYTES));
    await this.tell(id, { type: 'queue_message', prompt_id: promptId, prompt });
    return { promptId, workOrder: await this.state(id) };
  }

  async reclaim(): Promise<[]> {
    return [];
  }

  draining = false;

  async drain(): Promise<void> {
    this.draining = true;
  }

  live({ workOrderId: id }: { readonly workOrderId: WorkOrderId }): LiveView | null {
    return this.liveViews.get(id) ?? null;
  }

  problems(): readonly string[] {
    return this.problemList;
  }

  async state(id: WorkOrderId): Promise<WorkOrder> {
    const workOrder = await this.store.workOrder({ workOrderId: id });
    if (!workOrder) throw new WorkOrderError('work_order_not_found', `Work order ${id} was not found.`);
    return workOrder;
  }

  async tell(id: WorkOrderId, command: CommandWithoutTime): Promise<readonly WorkOrderEvent[]> {
    const workOrder = await this.state(id);
    const events = decide({ ...command, at: new Date().toISOString() }, workOrder);
    return this.store.append({ workOrderId: id, expectedSeq: workOrder.last_seq, epoch: null, events });
  }

  async create(userRequest = 'Add a dark mode'): Promise<WorkOrderId> {
    const submission = { repositoryUrl: 'https://example.test/shop.git', userRequest };
    const { workOrder } = await this.submit({ submission, idempotencyKey: null });
    return workOrder.agent_work_order_id;
  }

  async log(id: WorkOrderId, ...entries: readonly Partial<NewLogEntry>[]): Promise<number> {
    return this.store.appendLog({
      workOrderId: id,
      entries: entries.map((entry) => Object.assign(plainEntry(), entry)),
    });
  }

  async runStep(id: WorkOrderId, step: StepName, result: Partial<AttemptResult> = {}): Promise<void> {
    await this.tell(id, { type: 'start_attempt', step });
    await this.log(id, { step, attempt: 1, message: `working on ${step}` });
    await this.tell(id, { type: 'finish_attempt', result: { ...ATTEMPT_RESULT, output: `${step} done`, ...result } });
  }

  /** The undisturbed way through: seven steps and the end. */
  async runAll(id: WorkOrderId): Promise<void> {
    await this.tell(id, { type: 'start' });
    for (const step of STEP_NAMES) await this.runStep(id, step);
    await this.tell(id, { type: 'complete', outcome: 'branch_pushed' });
  }
}

function plainEntry(): NewLogEntry {
  return {
    timestamp: new Date().toISOString(),
    level: 'info',
    event: 'text',
    step: null,
    attempt: null,
    message: 'a line',
    data: null,
  };
}

export const ATTEMPT_RESULT: AttemptResult = {
  status: 'succeeded',
  output: null,
  output_truncated: false,
  answer: null,
  limit_resets_at: null,
  checks: [],
  error_code: null,
  error_message: null,
  duration_seconds: 0.5,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
};

function scriptedAgent(check: Partial<Awaited<ReturnType<Agent['check']>>> = {}): Agent {
  return {
    id: 'scripted',
    modelDriven: false,
    resumes: false,
    tells: { cost: true, tokens: true },
    check: () =>
      Promise.resolve({
        available: true,
        version: '1',
        versionTried: true,
        loggedIn: null,
        problem: null,
        nextStep: null,
        ...check,
      }),
    refuses: () => null,
    run: () => Promise.reject(new Error('this agent is only looked at')),
  };
}

/** A real store in a folder of its own, a scripted engine and the app over both. */
export async function startParts(overrides: Partial<AppDependencies> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'awo-http-'));
  const file = join(folder, 'history.sqlite');
  const store = await openSqliteStore({ file, readOnly: false });
  const engine = new ScriptedEngine(store);
  const logged: { readonly level: string; readonly event: string; readonly fields: LogFields }[] = [];
  const line =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void logged.push({ level, event, fields });
  const agent = scriptedAgent();
  const plainGit = createPlainGitForge({ credentials: NO_CREDENTIALS });
  const parts = {
    store,
    webhooks: { receive: () => Promise.reject(new Error('a test without webhooks')) },
    intake: null,
    makeSample: null,
    agents: { agents: [agent], find: (id: string) => (id === agent.id ? agent : undefined) },
    forges: { forges: [], forRepository: () => plainGit },
    repositories: createRepositoryPolicy({ allowedLocalRoots: [folder] }),
    clock: systemClock,
    budgets: new Budgets({
      store,
      clock: systemClock,
      settings: { workOrder: null, repositoryDay: null, serviceDay: null },
    }),
    redactor: new Redactor([]),
    ...overrides,
  };
  const dependencies: AppDependencies = {
    ...parts,
    workOrders: engine,
    knownRepositories: createKnownRepositories({
      ...parts,
      newRepositoryId: () => repositoryId(randomBytes(REPOSITORY_ID_BYTES)),
    }),
    collected: { diff: () => Promise.resolve(null) },
    confinement: { kind: 'none', version: null, problem: 'a test', network: 'open' },
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    diskUse: { quotaBytes: null, latest: () => null },
    version: '0.0.0-test',
    pageDirectory: null,
    gitVersion: () => Promise.resolve('2.39.5'),
    apiToken: null,
    allowedHosts: null,
    ...overrides,
  };
  return {
    store,
    engine,
    file,
    folder,
    logged,
    dependencies,
    app: createApp(dependencies),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
