import type { ErrorCode } from '../domain/error-catalogue.ts';
import type { Usage } from '../domain/step.ts';
import type { AgentName, StepName } from '../domain/workflow.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { RunProcess, TimeLimits } from './process.ts';

/** What an agent did, while it does it. */
export type Activity =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  /** `summary` is one line for a person: `editing src/app.ts`, `running npm test`. */
  | { readonly kind: 'tool_call'; readonly tool: string; readonly summary: string; readonly input: unknown }
  | { readonly kind: 'tool_result'; readonly ok: boolean; readonly text: string }
  /** The program asked for leave, and was answered at once by rule; nobody waits. */
  | { readonly kind: 'permission'; readonly tool: string; readonly summary: string; readonly allowed: boolean }
  /** Its list of tasks, whole, each time it changes. */
  | { readonly kind: 'plan'; readonly entries: readonly PlanEntry[] }
  /** The program tries its model call again by itself. */
  | { readonly kind: 'retry'; readonly message: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** What the program said outside its protocol. */
  | { readonly kind: 'message'; readonly level: 'info' | 'warn' | 'error'; readonly text: string };

interface PlanEntry {
  readonly text: string;
  readonly status: 'pending' | 'in_progress' | 'completed';
}

/** A session of the same agent in the same work order to go on with. */
export interface SessionToResume {
  readonly sessionId: string;
  /** True leaves the earlier session as it is and goes on in a copy, where the program can do that. */
  readonly fork: boolean;
  /** What has been counted in that session so far: programs that count on are brought to differences with it. */
  readonly usage: Usage | null;
}

/** Words of a person that come while an agent works. */
export interface ComingMessage {
  readonly text: string;
  /** To be called when the program has taken it into its turn; the history says so when this resolves. Never rejects. */
  taken(): Promise<void>;
}

/** A JSON Schema (2020-12) in the strict form: every property required, none beside them. */
type JsonSchema = Readonly<Record<string, unknown>>;

export interface AgentRun {
  readonly workOrderId: WorkOrderId;
  readonly step: StepName;
  readonly agentName: AgentName;
  readonly attempt: number;
  readonly prompt: string;
  readonly model: string | null;
  /** The folder of the working copy as the agent sees it. */
  readonly directory: string;
  /** Home and temporary folder of this attempt, as the agent sees them; empty at the start of an attempt. */
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  /**
   * Where the program keeps what it has to know in a later attempt: its sessions, a copy of its login. One folder for
   * each agent and work order; it goes with the sandbox.
   */
  readonly stateDirectory: string;
  /** Runs the agent's program inside the sandbox. */
  readonly runProcess: RunProcess;
  /** True where the sandbox shuts the program in: a sandbox of the program's own cannot be made inside. */
  readonly confined: boolean;
  /** What the configuration says; null leaves the adapter's own default. */
  readonly limits: { readonly [Limit in keyof TimeLimits]: TimeLimits[Limit] | undefined };
  /** How many turns of the model and how much money one attempt may take; null for no limit of the service's. */
  readonly maxTurns: number | null;
  readonly maxCostUsd: number | null;
  /** False for a role that only looks: where the program asks for leave to change something, it does not get it. */
  readonly mayChange: boolean;
  readonly resume: SessionToResume | null;
  /** The form that the answer is wanted in. An agent that cannot be held to one says it in words. */
  readonly answerSchema: JsonSchema | null;
  /**
   * For a program that takes words in the middle of a turn: calls `offer` with each message that waits now or comes later,
   * once, until the run resolves. What was not taken by then stays queued. Null where there is nothing to be given; an adapter
   * that cannot do it leaves it alone.
   */
  readonly onMessage: ((offer: (message: ComingMessage) => void) => void) | null;
  readonly signal: AbortSignal;
  /** Streams; while its promise is open the agent's output is held back. Never rejects. */
  readonly onActivity: (activity: Activity) => void | Promise<void>;
}

export type AgentResult =
  | {
      readonly ok: true;
      /** The agent's last word: its answer or report. */
      readonly output: string;
      /** The answer in the form of `answerSchema`, not checked against it; null where there is none. */
      readonly answer: unknown;
      readonly sessionId: string | null;
      /** Of this attempt alone, also where the program counts over a whole session. */
      readonly usage: Usage | null;
    }
  | {
      readonly ok: false;
      readonly errorCode: ErrorCode;
      /** One sentence a person can act on. */
      readonly errorMessage: string;
      /** What it had said until then. */
      readonly output: string | null;
      /** When a limit of the model's ends, as the program said; ISO 8601 in UTC with milliseconds. */
      readonly resetsAt: string | null;
      readonly sessionId: string | null;
      readonly usage: Usage | null;
    };

/** Whether an agent can be used here, found out without a model call. */
export interface AgentCheck {
  readonly available: boolean;
  readonly version: string | null;
  /** Whether this version was tried with this adapter; null where there is no version to tell. */
  readonly versionTried: boolean | null;
  /** Null where it cannot be told without a model call. */
  readonly loggedIn: boolean | null;
  /** Why it is not available and what to do, in one sentence each; null when it is. */
  readonly problem: string | null;
  readonly nextStep: string | null;
}

/** An adapter of a coding agent program. */
export interface Agent {
  /** Its name in requests and configuration: `claude`, `codex`, `command`. */
  readonly id: string;
  /** Only these are ever chosen by themselves. */
  readonly modelDriven: boolean;
  /** Whether a run can go on in the session of an earlier one. Where it may turn out that it cannot, this is false. */
  readonly resumes: boolean;
  /** May be called often (a cached answer of a few seconds is fine); never rejects. */
  check(): Promise<AgentCheck>;
  /** A reason to refuse this repository, or null. Called before a work order is accepted. */
  refuses(input: { readonly repositoryUrl: string }): string | null;
  /** Runs one attempt to its end: the process tree is dead when it resolves. Never rejects. */
  run(run: AgentRun): Promise<AgentResult>;
}

/** The adapters of this service, in the order in which a default is chosen. */
export interface AgentRegistry {
  readonly agents: readonly Agent[];
  find(id: string): Agent | undefined;
}
