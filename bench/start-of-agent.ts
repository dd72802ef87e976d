import { resolve } from 'node:path';
import type { Api } from '../test/suites/api.ts';
import { sharedClockMs } from './measure.ts';

/** The command of an agent that says when its process began, and gives up. */
export const START_TELLER = `'${process.execPath}' '${resolve(import.meta.dirname, 'start-teller.mjs')}'`;

/** Milliseconds from before the request until the agent's process began; waits for the end of the work order. */
export async function startOfAgent(api: Api, repository: string): Promise<number> {
  const begunMs = sharedClockMs();
  const id = await api.submit({ repository_url: repository, user_request: 'Say when you began' });
  await api.untilEnd(id);
  const { error_code, error_message } = await api.workOrder(id);
  if (error_code !== 'agent_crashed') throw new Error(`the agent did not run: ${error_message}`);
  const startedMs = Number(/: ([\d.]+)$/.exec(error_message ?? '')?.[1]);
  if (Number.isNaN(startedMs)) throw new Error(`the agent did not say when it began: ${error_message}`);
  return startedMs - begunMs;
}
