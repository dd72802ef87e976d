import type { Agent, AgentRegistry } from '../ports/agent.ts';
import type { AcpAgentOptions } from './acp/agent.ts';
import { createAcpAgent } from './acp/agent.ts';
import type { ClaudeAgentOptions } from './claude/agent.ts';
import { createClaudeAgent } from './claude/agent.ts';
import type { CodexAgentOptions } from './codex/agent.ts';
import { createCodexAgent } from './codex/agent.ts';
import type { CommandAgentOptions } from './command/agent.ts';
import { createCommandAgent } from './command/agent.ts';
import type { DemoAgentOptions } from './demo/agent.ts';
import { createDemoAgent } from './demo/agent.ts';
import type { Environment } from './environment.ts';
import type { GeminiAgentOptions } from './gemini/agent.ts';
import { createGeminiAgent } from './gemini/agent.ts';
import type { OpenCodeAgentOptions } from './opencode/agent.ts';
import { createOpenCodeAgent } from './opencode/agent.ts';

export interface AgentRegistryOptions {
  /** The service's own; each adapter takes out of it what its program needs. */
  readonly environment: Environment;
  readonly claude: Omit<ClaudeAgentOptions, 'environment'>;
  readonly codex: Omit<CodexAgentOptions, 'environment'>;
  readonly gemini: Omit<GeminiAgentOptions, 'environment'>;
  readonly opencode: Omit<OpenCodeAgentOptions, 'environment'>;
  readonly acp: Omit<AcpAgentOptions, 'environment'>;
  readonly command: Omit<CommandAgentOptions, 'environment'>;
  readonly demo: Omit<DemoAgentOptions, 'environment'>;
}

/** All adapters, in the order in which a default is looked for. Throws `configuration_invalid`. */
export function createAgentRegistry({
  environment,
  claude,
  codex,
  gemini,
  opencode,
  acp,
  command,
  demo,
}: AgentRegistryOptions): AgentRegistry {
  const agents: readonly Agent[] = [
    createClaudeAgent({ ...claude, environment }),
    createCodexAgent({ ...codex, environment }),
    createGeminiAgent({ ...gemini, environment }),
    createOpenCodeAgent({ ...opencode, environment }),
    createAcpAgent({ ...acp, environment }),
    createCommandAgent({ ...command, environment }),
    createDemoAgent({ ...demo, environment }),
  ];
  return { agents, find: (id) => agents.find((agent) => agent.id === id) };
}
