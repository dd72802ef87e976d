import type { Fault } from './faults.ts';
import type { Scenario } from './reply.ts';
import { WRITTEN_FILE, roleOf, workOrder } from './work-order.ts';
import type { Role } from './work-order.ts';

/** A command that is alive until somebody ends it. Claude Code refuses one that begins with `sleep`. */
const LONG_COMMAND = "bash -c 'sleep 300'";

/** Never done: one more tool call in every turn, for limits of turns. */
const endless: Scenario = ({ turn }) => ({ text: `Step ${turn + 1}.`, actions: [{ run: `echo ${turn + 1}` }] });

/** What each name in the base URL stands for. */
export const SCENARIOS = {
  'work-order': workOrder,
  endless,
  /** Never done, and dear: for limits of money. */
  expensive: (conversation) => ({
    ...endless(conversation),
    usage: { input: 2_000_000, cached: 0, output: 200_000 },
  }),
  /** Changes a file and is then silent: for idle limits, and for what is kept after a cancel. */
  'write-then-stall': ({ turn }) =>
    turn === 0 ? { text: 'I add the file.', actions: [{ write: WRITTEN_FILE }] } : { fault: 'stall' },
  /** A tool that does not end: for cancel, and for who ends the tool. */
  'long-tool': ({ turn }) =>
    turn === 0 ? { text: 'I wait.', actions: [{ run: LONG_COMMAND }] } : { text: 'I have waited.' },
  /** Ends its turn at once, with nothing said and nothing done. */
  nothing: () => ({ text: '' }),
  /** Says that it has done what it has not. */
  claims: ({ prompt }) => ({
    text:
      roleOf(prompt) === 'planner'
        ? 'I have written the plan to the file that you named.'
        : `I have added ${WRITTEN_FILE.path}; all tests pass.\n\nCommit message:\nAdd a greeting`,
  }),
  'bad-key': fault('bad-key'),
  'rate-limited': fault('rate-limited'),
  'rate-limited-reset': fault('rate-limited-reset'),
  overloaded: fault('overloaded'),
  'context-full': fault('context-full'),
  'unknown-model': fault('unknown-model'),
  refusal: fault('refusal'),
  cut: fault('cut'),
  stall: fault('stall'),
} satisfies Readonly<Record<string, Scenario>>;

function fault(name: Fault): Scenario {
  return () => ({ fault: name });
}

export type ScenarioName = keyof typeof SCENARIOS;

/** Where in a work order a scenario begins; elsewhere `work-order` goes on. */
export interface Place {
  /** Only in this role. */
  readonly role?: Role;
  /** Only after so many good turns since the prompt. */
  readonly afterTurns?: number;
}

/** `scenario`, but only in its place: a fault after two good turns, a stall of the implementor. */
export function placed(scenario: Scenario, { role, afterTurns = 0 }: Place): Scenario {
  return (conversation) => {
    const here = (role === undefined || roleOf(conversation.prompt) === role) && conversation.turn >= afterTurns;
    return (here ? scenario : workOrder)(conversation);
  };
}
