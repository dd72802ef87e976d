/** Tools that only look, or that order its own work: what they show is kept in by the sandbox. */
const LOOKING_TOOLS = new Set([
  'Agent',
  'ExitPlanMode',
  'Glob',
  'Grep',
  'LS',
  'ListAgents',
  'Read',
  'Skill',
  'StructuredOutput',
  'Task',
  'ToolSearch',
  'WebFetch',
  'WebSearch',
]);

export type PermissionAnswer = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/**
 * The answer to a tool that asks for leave; nobody is there to be asked. Where nothing may be changed, only what looks is
 * allowed: the program itself lets commands pass that it knows to change nothing (`ls`, `git status`), so one that asks
 * may change something.
 */
export function answerPermission({
  tool,
  mayChange,
  wantsPerson,
}: {
  readonly tool: string;
  readonly mayChange: boolean;
  /** The program says that only a person can answer. */
  readonly wantsPerson: boolean;
}): PermissionAnswer {
  // To leave its plan mode counts as a question to a person too; refused, it could change nothing any more.
  if (tool === 'AskUserQuestion' || (wantsPerson && tool !== 'ExitPlanMode')) {
    const message = 'Nobody is here to answer. Decide yourself, and say in your report what you decided and why.';
    return { allowed: false, message };
  }
  if (mayChange || LOOKING_TOOLS.has(tool)) return { allowed: true };
  return {
    allowed: false,
    message: `Nothing may be changed in this step, so ${tool} is not allowed. Only look, and answer.`,
  };
}
