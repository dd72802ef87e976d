import { z } from 'zod';

/*
 * Of the answers of Gitea and Forgejo only what is used, and permissive to the rest: the two grow apart.
 */

export const repositorySchema = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string().optional(),
  empty: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).nullish(),
});

export const issueSchema = z.object({
  title: z.string(),
  body: z.string().nullish(),
  pull_request: z.object({}).nullish(),
});

export const commentSchema = z.object({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});
export type Comment = z.infer<typeof commentSchema>;

const sideSchema = z.object({ ref: z.string(), sha: z.string(), repo_id: z.number() });

export const pullSchema = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  head: sideSchema,
  base: sideSchema,
});
export type Pull = z.infer<typeof pullSchema>;

/** The latest status of each check; none at all is null. */
export const combinedStatusSchema = z.object({
  statuses: z.array(z.object({ context: z.string(), status: z.string(), target_url: z.string().nullish() })).nullish(),
});

export const userSchema = z.object({ login: z.string() });
export const permissionSchema = z.object({ permission: z.string() });

export const refusalSchema = z.object({ message: z.string() });
