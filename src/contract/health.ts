import { z } from 'zod';
import { NETWORK_MODES } from '../domain/network.ts';
import { Timestamp } from './common.ts';

const AgentHealthSchema = z
  .object({
    available: z.boolean(),
    version: z.string().nullable(),
    version_tried: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether this version was tried with this service; null where there is none to tell' }),
    logged_in: z.boolean().nullable().meta({ description: 'Null where it cannot be told without a model call' }),
    problem: z.string().nullable(),
    next_step: z.string().nullable(),
  })
  .meta({ id: 'AgentHealth' });

/** The particulars are left out where the service wants a token and the request carries none. */
export const HealthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    service: z.literal('agent-work-orders'),
    version: z.string().meta({ example: '0.1.0' }),
    reasons: z.array(z.string()).readonly().optional().meta({ description: 'Why it is degraded; empty when healthy' }),
    git: z.object({ available: z.boolean(), version: z.string().nullable() }).optional(),
    store: z.object({ available: z.boolean(), problem: z.string().nullable() }).optional(),
    agents: z.record(z.string(), AgentHealthSchema).optional().meta({ description: 'By the name of the agent' }),
    confinement: z
      .object({
        kind: z.enum(['bubblewrap', 'none']),
        version: z.string().nullable(),
        problem: z.string().nullable(),
        network: z.enum(NETWORK_MODES).meta({ description: 'What an agent reaches' }),
      })
      .optional()
      .meta({ description: 'What keeps agents to their sandbox' }),
    disk: z
      .object({
        quota_bytes: z.int().nullable().meta({ description: 'Null where there is no quota' }),
        used_bytes: z.int().nullable().meta({ description: 'Null before the first measurement, and without a quota' }),
        measured_at: Timestamp.nullable(),
      })
      .optional()
      .meta({ description: 'What the folders of the service may take together, and took when that was measured' }),
    read_only: z.boolean().optional().meta({ description: 'True when it shows the history but runs nothing' }),
    running: z.int().optional().meta({ description: 'How many work orders run now' }),
    max_running: z.int().optional(),
  })
  .meta({
    id: 'Health',
    description: 'The particulars are left out where the service wants a token and the request carries none',
  });
export type Health = z.infer<typeof HealthSchema>;
