/**
 * The `config.toml` of a run: all of it, so that neither the user's own nor what a tool of an earlier attempt left in
 * its place counts. A file and not flags: an address may hold a password, and flags can be read by other users.
 */
export function codexConfig({ baseUrl }: { readonly baseUrl: string | null }): string {
  return `# Written by Agent Work Orders before each run.
model_provider = "agent-work-orders"
check_for_update_on_startup = false
# A file of keys goes with the work order; a key chain would not.
cli_auth_credentials_store = "file"

[analytics]
enabled = false

# Each of these looks for something outside: at a git host, at the vendor, in a folder that tools can write to.
[features]
plugins = false
apps = false
hooks = false

# Tools do not inherit what is called a key, a secret or a token.
[shell_environment_policy]
ignore_default_excludes = false

# Its own sandbox is for files: without the network no package is installed. What is below /tmp is not all its own.
[sandbox_workspace_write]
network_access = true
exclude_slash_tmp = true

[model_providers.agent-work-orders]
name = "OpenAI"
${baseUrl === null ? '' : `base_url = ${JSON.stringify(baseUrl)}\n`}wire_api = "responses"
requires_openai_auth = true
# Its retries are few: those that count are the engine's.
request_max_retries = 2
stream_max_retries = 2
# Shorter than our own limit of silence, so that a stalled stream is tried again first.
stream_idle_timeout_ms = 240000

[model_providers.agent-work-orders.env_http_headers]
OpenAI-Organization = "OPENAI_ORGANIZATION"
OpenAI-Project = "OPENAI_PROJECT"
`;
}
