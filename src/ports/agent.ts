import type { ErrorCode } from '../domain/errors.ts';
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
  /** The program tries its model call again by itself. */
  | { readonly kind: 'retry'; readonly message: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** What the program said outside its protocol. */
  | { readonly kind: 'message'; readonly level: 'info' | 'warn' | 'error'; readonly text: string };

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
  /** Runs the agent's program inside the sandbox. */
  readonly runProcess: RunProcess;
  /** What the configuration says; null leaves the adapter's own default. */
  readonly limits: { readonly [Limit in keyof TimeLimits]: TimeLimits[Limit] | undefined };
  readonly signal: AbortSignal;
  /** Streams; while its promise is open the agent's output is held back. Never rejects. */
  readonly onActivity: (activity: Activity) => void | Promise<void>;
}

export type AgentResult =
  | {
      readonly ok: true;
      /** The agent's last word: its answer or report. */
      readonly output: string;
      readonly sessionId: string | null;
      readonly usage: Usage | null;
    }
  | {
      readonly ok: false;
      readonly errorCode: ErrorCode;
      /** One sentence a person can act on. */
      readonly errorMessage: string;
      /** What it had said until then. */
      readonly output: string | null;
      readonly sessionId: string | null;
      readonly usage: Usage | null;
    };

/** Whether an agent can be used here, found out without a model call. */
export interface AgentCheck {
  readonly available: boolean;
  readonly version: string | null;
  /** Null where it cannot be told without a model call. */
  readonly loggedIn: boolean | null;
  /** Why it is not available and what to do, in one sentence each; null when it is. */
  readonly problem: string | null;
  readonly nextStep: string | null;
}

/** An adapter of a coding agent program. */
export interface Agent {
  /** Its name in requests and configuration: `claude`, `command`, `demo`. */
  readonly id: string;
  /** Only these are ever chosen by themselves. */
  readonly modelDriven: boolean;
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
