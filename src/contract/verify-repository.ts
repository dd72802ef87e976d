import { z } from 'zod';

export const VerifyRepositorySchema = z
  .object({ repository_url: z.string().meta({ example: 'https://github.com/example/shop' }) })
  .meta({ id: 'VerifyRepository' });

export const RepositoryCheckSchema = z
  .object({
    is_accessible: z.boolean().meta({ description: 'Whether this service can read it' }),
    repository_name: z.string().nullable(),
    repository_owner: z.string().nullable().meta({ description: 'Null for a repository without one' }),
    default_branch: z.string().nullable(),
    error_message: z.string().nullable().meta({
      description: 'Why it cannot be read and what to do; or that it can be read, but not pushed to',
    }),
  })
  .meta({ id: 'RepositoryCheck' });
export type RepositoryCheckView = z.infer<typeof RepositoryCheckSchema>;
