import type { Changes } from './step.ts';

/** What the service does to the world; each is recorded as intended, then as done, and is find-or-create. */
export type EffectIntent =
  | { readonly effect: 'sandbox' }
  | { readonly effect: 'branch'; readonly git_branch_name: string }
  | { readonly effect: 'commit'; readonly message: string }
  | { readonly effect: 'push'; readonly git_branch_name: string; readonly commit: string }
  | { readonly effect: 'pull_request'; readonly git_branch_name: string; readonly title: string };

export type EffectResult =
  | {
      readonly effect: 'sandbox';
      readonly sandbox_identifier: string;
      readonly base_branch: string;
      readonly base_commit: string;
    }
  | { readonly effect: 'branch'; readonly git_branch_name: string }
  | {
      readonly effect: 'commit';
      readonly commit: string;
      readonly message: string;
      readonly git_commit_count: number;
      readonly changes: Changes;
    }
  | { readonly effect: 'push'; readonly git_branch_name: string; readonly commit: string }
  | { readonly effect: 'pull_request'; readonly github_pull_request_url: string };
