/** One entry of the catalogue: `docs/errors.md` is checked against it both ways. */
export interface ErrorDefinition {
  /** Short and without particulars; the particulars are in the message. */
  readonly title: string;
  /** What the person can do now. */
  readonly nextStep: string;
  /** The HTTP status where a request can meet this error; absent for one that only ends attempts or commands. */
  readonly httpStatus?: 401 | 403 | 404 | 405 | 409 | 413 | 422 | 426 | 500 | 501 | 503;
}

/** Every code that the service, its command line and the step history can show. Codes are stable. */
export const ERROR_CATALOGUE = {
  // A request that cannot be served.
  invalid_request: {
    httpStatus: 422,
    title: 'The request does not fit',
    nextStep: 'Correct the fields that are named.',
  },
  unauthorized: {
    httpStatus: 401,
    title: 'A token is needed',
    nextStep: 'Send "Authorization: Bearer" with the value of AWO_API_TOKEN.',
  },
  webhook_signature_wrong: {
    httpStatus: 401,
    title: 'The webhook is not signed as it should be',
    nextStep: 'Give the webhook at the forge the secret that the service has; docs/guide/intake.md says how.',
  },
  webhook_not_configured: {
    httpStatus: 501,
    title: 'This service takes no webhooks of this forge',
    nextStep:
      'Set webhookSecretEnvironment or webhookSecretFile for its host in the setting "forges"; docs/guide/intake.md says how.',
  },
  origin_refused: {
    httpStatus: 403,
    title: 'This origin may not call the service',
    nextStep: 'Open the page from the address of the service itself.',
  },
  host_refused: {
    httpStatus: 403,
    title: 'This host name is not the service',
    nextStep: 'Use the address that the service printed at its start.',
  },
  route_not_found: { httpStatus: 404, title: 'No such route', nextStep: 'See /docs for the routes that exist.' },
  method_not_allowed: {
    httpStatus: 405,
    title: 'This route does not know the method',
    nextStep: 'See the header Allow, and /docs.',
  },
  work_order_not_found: {
    httpStatus: 404,
    title: 'Work order not found',
    nextStep: 'List the work orders to see their ids.',
  },
  repository_not_found: {
    httpStatus: 404,
    title: 'Repository not found',
    nextStep: 'List the repositories to see their ids.',
  },
  prompt_not_found: {
    httpStatus: 404,
    title: 'Prompt not found',
    nextStep: 'Look at the steps: an attempt has a prompt once its agent was asked.',
  },
  log_entry_not_found: {
    httpStatus: 404,
    title: 'Log entry not found',
    nextStep: 'Read the log of the work order to see the numbers of its entries.',
  },
  plan_not_found: {
    httpStatus: 404,
    title: 'Plan not found',
    nextStep: 'Look at the steps: the plan exists once find_plan has finished.',
  },
  message_not_found: {
    httpStatus: 404,
    title: 'Message not found',
    nextStep: 'List the messages of the work order to see their ids: "awo prompts ID".',
  },
  transition_refused: {
    httpStatus: 409,
    title: 'Not possible in this state',
    nextStep: 'Look at the status of the work order.',
  },
  repository_exists: {
    httpStatus: 409,
    title: 'This repository is known already',
    nextStep: 'Change the one that is named, or remove it first.',
  },
  upgrade_required: {
    httpStatus: 426,
    title: 'This route is a WebSocket',
    nextStep: 'Connect with a WebSocket client, or read the same from the event stream at /events.',
  },
  request_too_large: { httpStatus: 413, title: 'The request is too large', nextStep: 'Shorten it.' },
  repository_url_refused: {
    httpStatus: 422,
    title: 'This repository URL is not accepted',
    nextStep: 'Give an https, ssh or git@host:path URL, or start the service with --allow-local for a local folder.',
  },
  repository_not_verified: {
    httpStatus: 422,
    title: 'This repository could not be looked at',
    nextStep: 'Do what the reason says, or add it without a look: "verify": false, or --no-verify.',
  },
  sandbox_type_unavailable: {
    httpStatus: 422,
    title: 'This kind of sandbox does not exist here',
    nextStep: 'Use git_worktree or git_branch.',
  },
  agent_unavailable: {
    httpStatus: 422,
    title: 'No usable agent',
    nextStep: 'Install an agent program and log in, or name another one. "awo doctor" shows what is missing.',
  },
  agent_repository_refused: {
    httpStatus: 422,
    title: 'The agent does not work on this repository',
    nextStep: 'Name another agent; the demo agent works on its own sample only.',
  },
  idempotency_key_reused: {
    httpStatus: 422,
    title: 'The idempotency key belongs to another request',
    nextStep: 'Use a new key for a new request.',
  },
  internal_error: {
    httpStatus: 500,
    title: 'The service made a mistake',
    nextStep: 'Look at the log of the service and report it.',
  },
  store_unavailable: {
    httpStatus: 503,
    title: 'The history cannot be read or written now',
    nextStep: 'See /health for the reason; try again.',
  },
  read_only: { httpStatus: 503, title: 'No service runs on this data folder', nextStep: 'Start one with "awo serve".' },

  // The store and the data folder.
  store_conflict: { title: 'Somebody else wrote to this work order', nextStep: 'Nothing: the engine reads again.' },
  store_fenced: { title: 'Another owner has taken over this work order', nextStep: 'Nothing: the new owner goes on.' },
  store_too_new: {
    title: 'The database was written by a newer version',
    nextStep: 'Install that version, or use another data folder.',
  },
  store_damaged: { title: 'The database cannot be read', nextStep: 'Restore it from a backup; it is left as it is.' },
  backup_refused: {
    title: 'The backup cannot be written or used',
    nextStep: 'Name another file; nothing was changed.',
  },
  data_folder_in_use: {
    title: 'Another service owns this data folder',
    nextStep: 'Use that service, stop it, or choose another --data-dir.',
  },
  configuration_invalid: { title: 'The configuration does not fit', nextStep: 'Correct the values that are named.' },
  service_unreachable: {
    title: 'The service does not answer',
    nextStep: 'Start it with "awo serve", or correct --url.',
  },
  node_too_old: { title: 'Node is too old', nextStep: 'Install Node 24 or newer.' },

  // Git and the forge.
  repository_unreachable: {
    title: 'The repository cannot be fetched',
    nextStep: 'Check the URL, and that this machine reaches it.',
  },
  repository_empty: { title: 'The repository has no commit', nextStep: 'Push a first commit.' },
  base_branch_not_found: {
    title: 'The base branch does not exist',
    nextStep: 'Name a branch that exists in the repository.',
  },
  forge_auth_required: {
    title: 'The git server wants credentials',
    nextStep:
      'Set a token that may read and push: GITHUB_TOKEN for github.com, GITLAB_TOKEN for gitlab.com, the setting "forges" for other hosts. docs/guide/forges.md says how.',
  },
  forge_token_refused: {
    title: 'The forge does not accept the token',
    nextStep: 'Make a new token and set it in place of the old one; docs/guide/forges.md says how.',
  },
  forge_app_refused: {
    title: 'The GitHub App gives no access to the repository',
    nextStep: 'Do what the message says; docs/guide/forges.md tells how an app is set up.',
  },
  forge_permission_missing: {
    title: 'The token may not do this',
    nextStep: 'Give the token the scope or the permission that is named; docs/guide/forges.md has the list.',
  },
  forge_refused: {
    title: 'The forge refused the request',
    nextStep: "Read the forge's words; what was pushed stays.",
  },
  git_conflict: {
    title: 'Somebody else has changed the branch',
    nextStep:
      'Look at what stands there; move it away and retry, or fork the work order, which has a branch of its own.',
  },
  push_refused: { title: 'The push was refused', nextStep: 'Read the words of the git server; the commit is kept.' },
  forge_unavailable: { title: 'The git server does not answer', nextStep: 'Try again when it is back.' },
  git_failed: { title: 'A git command failed', nextStep: 'Read its words in the log of the step.' },
  change_too_large: {
    title: 'The change is larger than the limits',
    nextStep:
      'Let .gitignore name what does not belong to the change, or raise maxFileBytes, maxChangeBytes or maxChangeFiles.',
  },
  disk_full: {
    title: 'There is too little room on the disk',
    nextStep:
      'Make room where the working copies lie ("awo doctor" shows what they take, "awo gc" clears away), or change diskFloorBytes or dataFolderQuotaBytes.',
  },
  sandbox_failed: { title: 'The sandbox could not be made or read', nextStep: 'Check the disk and the data folder.' },

  // The agent.
  agent_missing: { title: 'The agent program is not installed', nextStep: 'Install it; "awo doctor" says how.' },
  agent_not_logged_in: {
    title: 'The agent is not logged in',
    nextStep: 'Log in with the agent program itself, or set its key.',
  },
  agent_login_refused: {
    title: 'The model did not accept the login of the agent',
    nextStep: 'Log in again with the agent program itself, or correct its key.',
  },
  agent_rate_limited: { title: 'The model is rate limited', nextStep: 'Wait for the reset and retry.' },
  agent_overloaded: { title: 'The model is overloaded', nextStep: 'Retry later.' },
  agent_network: { title: 'The agent cannot reach its model', nextStep: 'Check the network and retry.' },
  agent_context_full: {
    title: 'The work is larger than what the model can hold',
    nextStep: 'Ask for less at once, or name a model with a larger context.',
  },
  agent_model_unavailable: {
    title: 'The model is not there for this login',
    nextStep: 'Name another model, or log in with an account that has it.',
  },
  agent_refused: { title: 'The model refused the request', nextStep: 'Change the request.' },
  agent_said_nothing: {
    title: 'The agent ended without a word',
    nextStep: 'Change the request or name another model: a refusal can look like this.',
  },
  agent_turn_limit: {
    title: 'The agent reached its limit of turns',
    nextStep: 'Raise the limit, or ask for less at once.',
  },
  agent_budget_limit: { title: 'The agent reached its budget', nextStep: 'Raise the budget, or ask for less at once.' },
  budget_exhausted: {
    httpStatus: 409,
    title: 'The budget is spent',
    nextStep: 'Raise it ("awo budget ID" shows and changes it), then retry; docs/guide/budgets.md says how.',
  },
  agent_permission_denied: {
    title: 'The agent was denied what it needed',
    nextStep: 'Look at the log for the tool that was denied.',
  },
  agent_no_first_activity: {
    title: 'The agent said nothing',
    nextStep: 'Check the agent program; raise the limit if it is slow to start.',
  },
  agent_idle: { title: 'The agent fell silent', nextStep: 'Look at the last entries of the log and retry.' },
  agent_timeout: { title: 'The attempt took too long', nextStep: 'Raise the time limit, or ask for less at once.' },
  agent_crashed: { title: 'The agent program ended with an error', nextStep: 'Look at the last entries of the log.' },
  agent_killed: {
    title: 'The agent program was killed',
    nextStep: 'Look for the reason outside (an operator, a limit of the machine) and retry.',
  },
  agent_out_of_memory: {
    title: 'The agent program ran out of memory',
    nextStep:
      'Give the machine or the container more memory, or let fewer run at once (maxRunning); raise the limit of the program where it has its own.',
  },
  agent_output_invalid: {
    title: 'The agent answered in a form that cannot be read',
    nextStep: 'Look at its version; "awo doctor" shows which were tried.',
  },
  processes_survived: {
    title: 'Processes of the agent could not be ended',
    nextStep: 'End them by hand; they are named. Install bubblewrap to make this impossible.',
  },

  // The work.
  repository_settings_invalid: {
    title: 'The settings of the target repository cannot be used',
    nextStep: 'Correct .agent-work-orders/settings.json on the base branch.',
  },
  prompt_missing: { title: 'A prompt file is missing or empty', nextStep: 'Restore it, or take your override away.' },
  plan_missing: { title: 'The planner wrote no plan', nextStep: 'Look at the report of the plan step and retry.' },
  claim_not_found: {
    title: 'The agent claims what is not there',
    nextStep: 'Compare its report with the diff; retry.',
  },
  check_failed: {
    title: 'A check of the repository has failed',
    nextStep: 'Read what it said ("awo show" with --output); correct the request, or the check, and retry.',
  },
  secret_in_changes: {
    title: 'A secret of the service is in the changes',
    nextStep: 'Look at the files that are named; change the secret if an agent should not have known it.',
  },
  no_progress: {
    title: 'The agent changed nothing, and gave no reason or had a failed check to mend',
    nextStep: 'Look at its report, and at the check where one has failed; make the request clearer.',
  },
  interrupted: {
    title: 'The service ended in the middle of the attempt',
    nextStep: 'Nothing: a new attempt has been started.',
  },
  cancelled: { title: 'Cancelled on request', nextStep: 'Nothing.' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;
