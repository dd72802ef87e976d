import { z } from 'zod';

/*
 * Of GitHub's answers only what is used, and permissive to the rest: GitHub adds fields at any time, and GitHub
 * Enterprise lacks the newest.
 */

export const repositorySchema = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  permissions: z.object({ push: z.boolean() }).optional(),
});

export const issueSchema = z.object({
  title: z.string(),
  body: z.string().nullish(),
  comments: z.number(),
  pull_request: z.object({}).nullish(),
});

export const commentSchema = z.object({
  id: z.number(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
});
export type Comment = z.infer<typeof commentSchema>;

/** Who a token is. */
export const selfSchema = z.object({ login: z.string() });

export const permissionSchema = z.object({ permission: z.string() });

export const pullSchema = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.string(),
  head: z.object({ ref: z.string(), sha: z.string() }),
});

export const checksSchema = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      html_url: z.string().nullish(),
    }),
  ),
});

/** The app itself, as it sees itself. */
export const appSchema = z.object({ html_url: z.string() });

export const installationSchema = z.object({
  id: z.number(),
  html_url: z.string(),
  suspended_at: z.string().nullish(),
});

export const installationTokenSchema = z.object({
  token: z.string().regex(/^[\u0021-\u007e]+$/),
  expires_at: z.iso.datetime({ offset: true }),
  permissions: z.record(z.string(), z.string()).optional(),
});

/** What octokit throws; without a response the server could not be reached. */
export const failureSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z
    .object({
      headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()),
      data: z
        .object({ message: z.string().optional(), errors: z.array(z.unknown()).optional() })
        .optional()
        .catch(undefined),
    })
    .optional(),
});
export type Failure = z.infer<typeof failureSchema>;
