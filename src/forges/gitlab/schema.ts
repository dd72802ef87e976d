import { z } from 'zod';

/*
 * Of GitLab's answers only what is used, and permissive to the rest: versions and editions differ in their fields.
 */

const accessSchema = z.object({ access_level: z.number() }).nullish();

export const projectSchema = z.object({
  path: z.string(),
  namespace: z.object({ full_path: z.string() }),
  default_branch: z.string().nullish(),
  empty_repo: z.boolean().optional(),
  /** Absent for whoever has no token. */
  permissions: z.object({ project_access: accessSchema, group_access: accessSchema }).nullish(),
});

export const issueSchema = z.object({ title: z.string(), description: z.string().nullish() });

export const noteSchema = z.object({
  id: z.number(),
  body: z.string().nullish(),
  author: z.object({ username: z.string() }).nullish(),
  /** GitLab's own words about what happened. */
  system: z.boolean().optional(),
  /** For members only; older versions call it confidential. */
  internal: z.boolean().nullish(),
  confidential: z.boolean().nullish(),
});
export type Note = z.infer<typeof noteSchema>;

export const mergeRequestSchema = z.object({
  iid: z.number(),
  web_url: z.string(),
  state: z.string(),
  source_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number(),
  /** Null for a moment after it was opened. */
  sha: z.string().nullish(),
});
export type MergeRequest = z.infer<typeof mergeRequestSchema>;

export const statusSchema = z.object({
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  target_url: z.string().nullish(),
});

export const userSchema = z.object({ id: z.number(), username: z.string() });

export const memberSchema = z.object({ id: z.number(), access_level: z.number(), state: z.string().nullish() });
export type Member = z.infer<typeof memberSchema>;

/** Both forms in which GitLab refuses: its own, and that of OAuth. */
export const refusalSchema = z.object({
  message: z.unknown().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
  /** With `insufficient_scope`: those of which one would do. */
  scope: z.string().optional(),
});
