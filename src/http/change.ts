import type { z } from 'zod';
import type { RetrySchema } from '../contract/control.ts';
import { stepAgentsOf } from '../engine/submitted-fields.ts';
import type { RequestChange } from '../domain/work-order.ts';

type Wanted = Omit<z.output<typeof RetrySchema>, 'from_step' | 'keep_work' | 'prompt_text'>;

/** What a body wants otherwise from there on; null is the same as absent. */
export function changeOf({ user_request, agent, model, step_agents }: Wanted): RequestChange {
  return {
    ...(user_request == null ? {} : { user_request }),
    ...(agent == null ? {} : { agent, agent_chosen_by: 'request', model: model ?? null }),
    ...(model == null ? {} : { model }),
    ...(step_agents == null ? {} : { step_agents: stepAgentsOf(step_agents) }),
  };
}
