import type { Activity } from '../../ports/agent.ts';

/** What is particular about a program that speaks the protocol. */
export interface AcpProgram {
  /** For a person: `Gemini CLI`. */
  readonly name: string;
  /** The mode that is set where the role may change things; null leaves the program's own. */
  readonly mode: string | null;
  /** Modes in which it asks before it changes anything; the first that it offers is set where the role only looks. */
  readonly askingModes: readonly string[];
  /** The model to be set by the protocol; null leaves the program's own, or where it was set in another way. */
  readonly model: string | null;
  /** Ways to log in that need no person, tried in this order when the program wants a login. */
  readonly loginMethods: (offered: readonly OfferedLogin[]) => readonly string[];
  /** True for a program that goes on telling the history of a loaded session after it has said that it is loaded. */
  readonly replaysLate: boolean;
  /** True for a program whose answer counts its last model call alone. */
  readonly tokensAreOfLastCall: boolean;
  /** What a line of its standard error says; null for one that is of no use to a reader. */
  readonly readStderr: (line: string) => Activity | null;
}

export interface OfferedLogin {
  readonly id: string;
  readonly type: string | null;
  /** The names of variables that hold the login. */
  readonly variables: readonly string[];
  readonly takesKey: boolean;
}

const MAX_CHARACTERS = 2000;

/** Lines of standard error are what the program notes for itself. */
export function stderrAsMessage(line: string): Activity | null {
  return line.trim() === '' ? null : { kind: 'message', level: 'info', text: line.slice(0, MAX_CHARACTERS) };
}
