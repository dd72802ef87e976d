import { z } from 'zod';

export const SampleSchema = z
  .object({
    repository_url: z.string().meta({ example: '/home/ada/.local/share/agent-work-orders/demo/greeter.git' }),
    user_request: z.string().meta({ example: 'Add a --shout option that greets in capital letters' }),
    agent: z.literal('demo').meta({ description: 'A program that edits the sample by rule, without a model' }),
  })
  .meta({ id: 'Sample', description: 'What to send to POST /agent-work-orders to see the seven steps happen' });
export type Sample = z.infer<typeof SampleSchema>;
