import { z } from 'zod';
import { option, optionalText, variableName } from './option.ts';

/** The ids of the agents that exist, in the order of the registry. */
export const AGENT_IDS = ['claude', 'codex', 'command', 'demo'] as const;

/** Which agents there are, where their programs lie, and what each is given. */
export const agentOptions = {
  agent: option(z.enum(AGENT_IDS).nullable().default(null), {
    flag: '--agent',
    placeholder: 'NAME',
    environment: 'AWO_AGENT',
    form: 'text',
    allowed: AGENT_IDS.join(', '),
    defaultText: 'the first agent with a model that is installed and logged in',
    description: 'The agent for work orders that name none.',
  }),
  agentCommand: option(optionalText(), {
    flag: '--agent-command',
    placeholder: 'COMMAND',
    environment: 'AWO_AGENT_COMMAND',
    form: 'text',
    allowed: 'a program with its arguments',
    defaultText: 'none',
    description:
      'The program of the agent `command`: the prompt on its standard input, the answer on its standard output. Split with the quoting of a shell; nothing is expanded.',
  }),
  agentEnvironment: option(z.array(variableName).default([]), {
    environment: 'AWO_AGENT_ENV',
    form: 'names',
    allowed: 'names of environment variables, separated by commas',
    defaultText: 'none',
    description: 'Names of environment variables that the agent `command` is given beside its own.',
  }),
  claudeCliPath: option(optionalText(), {
    environment: 'AWO_CLAUDE_CLI_PATH',
    oldEnvironment: 'CLAUDE_CLI_PATH',
    form: 'text',
    allowed: 'a path, or a name to be found on PATH',
    defaultText: '`claude` on PATH',
    description: 'The Claude Code program.',
  }),
  claudeModel: option(optionalText(), {
    environment: 'AWO_CLAUDE_MODEL',
    oldEnvironment: 'CLAUDE_CLI_MODEL',
    form: 'text',
    allowed: 'the name of a model',
    defaultText: "Claude Code's own",
    description: 'The model of Claude Code for work orders that name none.',
  }),
  claudeMaxTurns: option(z.int().min(1).nullable().default(null), {
    environment: 'AWO_CLAUDE_MAX_TURNS',
    oldEnvironment: 'CLAUDE_CLI_MAX_TURNS',
    form: 'number',
    allowed: 'a whole number from 1',
    defaultText: 'no limit',
    description: 'How many turns Claude Code may take in one attempt.',
  }),
  codexCliPath: option(optionalText(), {
    environment: 'AWO_CODEX_CLI_PATH',
    form: 'text',
    allowed: 'a path, or a name to be found on PATH',
    defaultText: '`codex` on PATH',
    description: 'The Codex program.',
  }),
  codexModel: option(optionalText(), {
    environment: 'AWO_CODEX_MODEL',
    form: 'text',
    allowed: 'the name of a model',
    defaultText: "Codex's own",
    description: 'The model of Codex for work orders that name none.',
  }),
  demoPace: option(z.number().min(0).max(100).default(1), {
    environment: 'AWO_DEMO_PACE',
    form: 'number',
    allowed: 'a number from 0 to 100',
    description: 'How slowly the agent `demo` works; 0 makes it instant.',
  }),
};
