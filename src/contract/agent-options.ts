import { z } from 'zod';
import { option, optionalText, text, variableName } from './option.ts';

/** The ids of the agents that exist, in the order of the registry. */
export const AGENT_IDS = ['claude', 'codex', 'gemini', 'opencode', 'acp', 'command', 'demo'] as const;

const programOption = (program: string, environment: string) =>
  option(optionalText(), {
    environment,
    form: 'text',
    allowed: 'a path, or a name to be found on PATH',
    defaultText: `\`${program}\` on PATH`,
    description: `The program of the agent \`${program}\`.`,
  });
const modelOption = (agent: string, environment: string) =>
  option(optionalText(), {
    environment,
    form: 'text',
    allowed: 'the name of a model',
    defaultText: 'what the program chooses',
    description: `The model of the agent \`${agent}\` where a work order names none.`,
  });

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
  fallbackAgents: option(z.array(z.enum(AGENT_IDS)).default([]), {
    environment: 'AWO_FALLBACK_AGENTS',
    form: 'names',
    allowed: `names of agents (${AGENT_IDS.join(', ')}), separated by commas`,
    defaultText: 'none: the limit is waited for',
    description:
      'Agents that go on with a step when the one before has met a limit or an overload of its model, in this order, each with its own model.',
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
  codexCliPath: programOption('codex', 'AWO_CODEX_CLI_PATH'),
  codexModel: modelOption('codex', 'AWO_CODEX_MODEL'),
  geminiCliPath: programOption('gemini', 'AWO_GEMINI_CLI_PATH'),
  geminiModel: modelOption('gemini', 'AWO_GEMINI_MODEL'),
  opencodeCliPath: programOption('opencode', 'AWO_OPENCODE_CLI_PATH'),
  opencodeModel: modelOption('opencode', 'AWO_OPENCODE_MODEL'),
  acpCommand: option(optionalText(), {
    environment: 'AWO_ACP_COMMAND',
    form: 'text',
    allowed: 'a program with its arguments',
    defaultText: 'none',
    description:
      'The program of the agent `acp`: any that speaks the Agent Client Protocol. Split with the quoting of a shell; nothing is expanded.',
  }),
  acpMode: option(optionalText(), {
    environment: 'AWO_ACP_MODE',
    form: 'text',
    allowed: 'the id of a mode that the program offers',
    defaultText: 'that of the program',
    description: 'The mode in which the program of the agent `acp` works where it may change things.',
  }),
  acpEnvironment: option(z.array(variableName).default([]), {
    environment: 'AWO_ACP_ENV',
    form: 'names',
    allowed: 'names of environment variables, separated by commas',
    defaultText: 'none',
    description: 'Names of environment variables that the agent `acp` is given beside its own.',
  }),
  acpModelHosts: option(z.array(text).default([]), {
    environment: 'AWO_ACP_HOSTS',
    form: 'names',
    allowed: 'hosts, as `host` or `host:port`, separated by commas',
    defaultText: 'none',
    description: 'Where the model of the agent `acp` is: what it reaches also where the network is an allow-list.',
  }),
  demoPace: option(z.number().min(0).max(100).default(1), {
    environment: 'AWO_DEMO_PACE',
    form: 'number',
    allowed: 'a number from 0 to 100',
    description: 'How slowly the agent `demo` works; 0 makes it instant.',
  }),
};
