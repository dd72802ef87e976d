import type { Command } from 'commander';
import type { z } from 'zod';
import type { RetrySchema } from '../contract/control.ts';
import type { WorkOrderView } from '../contract/work-order.ts';
import type { StepAgents } from '../domain/agent-choice.ts';
import type { ControlRequest } from './client.ts';
import type { Context } from './context.ts';
import { EXIT } from './context.ts';
import { connectToControl } from './service.ts';
import { supervise } from './supervise.ts';
import { stepAgent } from './step-agent.ts';
import { idOf } from './work-order-argument.ts';

/** The flags with which something else is wanted from a step on. */
export function addChangeOptions(command: Command): Command {
  return command
    .option('--request <TEXT>', 'Another request from there on.')
    .option('--prompt <TEXT>', 'Words for the next agent that is asked from there on.')
    .option('--with-agent <NAME>', 'Another agent from there on.')
    .option('--model <NAME>', "The model, by the agent's own name for it.")
    .option('--step-agent <STEP=AGENT[:MODEL]>', 'Another agent for one step. May be repeated.', stepAgent)
    .option('--watch', 'Watch it afterwards.');
}

interface ChangeOptions {
  readonly request?: string;
  readonly prompt?: string;
  readonly withAgent?: string;
  readonly model?: string;
  readonly stepAgent?: StepAgents;
}

/** What those flags say, in the fields of the request. */
export function changeIn(command: Command): Omit<z.input<typeof RetrySchema>, 'from_step' | 'keep_work'> {
  const { request, prompt, withAgent, model, stepAgent: step_agents } = command.opts<ChangeOptions>();
  return { user_request: request, prompt_text: prompt, agent: withAgent, model, step_agents };
}

/** Tells a work order something, and says where it stands then, or watches it. */
export async function controlWorkOrder(context: Context, command: Command, wanted: ControlRequest): Promise<number> {
  const id = idOf(command);
  const connection = await connectToControl(context.configuration);
  const workOrder = await connection.client.control(id, wanted);
  if (command.opts()['watch'] === true) {
    const reconnect = () => connectToControl(context.configuration);
    const { exitCode } = await supervise({ context, id, connection, reconnect, interruptCancels: false });
    return exitCode;
  }
  if (context.json) context.print(workOrder);
  else context.say(standing(workOrder));
  return EXIT.ok;
}

function standing(workOrder: WorkOrderView): string {
  const { agent_work_order_id: id, status, pause_requested } = workOrder;
  if (pause_requested) return `${id} waits as soon as the running attempt has ended: awo watch ${id}`;
  if (status === 'waiting') return `${id} waits: ${workOrder.waiting_detail ?? ''}`;
  return `${id} is ${status}: awo watch ${id}`;
}
