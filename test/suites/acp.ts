import { fileURLToPath } from 'node:url';
import { createAcpAgent } from '../../src/agents/acp/agent.ts';
import type { AcpAgentOptions } from '../../src/agents/acp/agent.ts';
import type { Agent } from '../../src/ports/agent.ts';
import { SERVICE_ENVIRONMENT } from './agent.suite.ts';

/** A small agent that speaks the Agent Client Protocol and misbehaves as its prompt says. */
export const SCRIPTED_ACP = fileURLToPath(new URL('../programs/acp-agent.mjs', import.meta.url));

export function acpAgent(
  program: string,
  {
    variables = {},
    ...options
  }: Partial<AcpAgentOptions> & { readonly variables?: Readonly<Record<string, string>> } = {},
): Agent {
  return createAcpAgent({
    commandLine: `'${program}'`,
    mode: null,
    passEnvironment: Object.keys(variables),
    modelHosts: [],
    environment: { ...SERVICE_ENVIRONMENT, ...variables },
    ...options,
  });
}
