import { z } from 'zod';
import { WorkOrderIdText } from './common.ts';

export const ReclaimSchema = z
  .object({
    dry_run: z.boolean().nullish().meta({ description: 'Only says what would go' }),
    older_than_days: z.number().min(0).max(36_500).nullish().meta({ description: '14 when absent', example: 14 }),
    unpushed: z.boolean().nullish().meta({ description: 'Work that was not pushed may go too' }),
  })
  .meta({ id: 'Reclaim' });

const FolderSchema = z.object({
  agent_work_order_id: WorkOrderIdText,
  bytes: z.int().meta({ description: 'What it takes on the disk' }),
  kept_because: z.string().nullable().meta({ description: 'Null for one that went, or would go' }),
});

export const ReclaimedSchema = z
  .object({
    dry_run: z.boolean(),
    freed_bytes: z.int().meta({ description: 'With dry_run, what would be freed' }),
    folders: z.array(FolderSchema).readonly(),
  })
  .meta({ id: 'Reclaimed' });
export type ReclaimedView = z.infer<typeof ReclaimedSchema>;
