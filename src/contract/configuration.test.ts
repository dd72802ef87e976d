import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { configurationPage } from '../../scripts/write-configuration-docs.ts';
import { WorkOrderError } from '../domain/errors.ts';
import { createKnownHosts } from '../forges/known-hosts.ts';
import type { ConfigurationSources } from './configuration.ts';
import { isLoopback, readConfiguration } from './configuration.ts';
import { OPTION_NAMES, factsOf } from './configuration-options.ts';

const NOTHING: ConfigurationSources = {
  flags: {},
  environment: {},
  file: null,
  defaults: { dataDirectory: '/data', maxRunning: 4 },
};

function read(sources: Partial<ConfigurationSources>) {
  return readConfiguration({ ...NOTHING, ...sources });
}

function faultsOf(sources: Partial<ConfigurationSources>): readonly string[] {
  try {
    read(sources);
  } catch (error) {
    if (error instanceof WorkOrderError && error.code === 'configuration_invalid') {
      return error.faults.map(({ path, message }) => `${path} ${message}`);
    }
    throw error;
  }
  return [];
}

function file(content: unknown) {
  return { path: '/etc/awo.json', content };
}

test('what differs in single steps is an object, in the file or as JSON in the environment', () => {
  const steps = { plan: { agent: 'claude', model: 'opus', idleSeconds: 900 }, implement: { maxTurns: 80 } };
  expect(read({ file: { path: '/c.json', content: { steps } } }).steps).toEqual(steps);
  expect(read({ environment: { AWO_STEPS: JSON.stringify(steps) } }).steps).toEqual(steps);
  for (const unfit of ['{', '[]', '{"commit": {}}', '{"plan": {"model": "opus"}}', '{"plan": {"turns": 1}}']) {
    expect(() => read({ environment: { AWO_STEPS: unfit } })).toThrow(
      expect.objectContaining({ faults: [{ path: 'AWO_STEPS', message: expect.stringContaining('classify, plan') }] }),
    );
  }
});

test('without anything given every option has its default', () => {
  expect(read({})).toEqual({
    port: 8888,
    host: '127.0.0.1',
    dataDirectory: '/data',
    apiToken: null,
    agent: null,
    agentCommand: null,
    agentEnvironment: [],
    intakeLabel: 'work-order',
    publicUrl: null,
    geminiCliPath: null,
    geminiModel: null,
    opencodeCliPath: null,
    opencodeModel: null,
    acpCommand: null,
    acpMode: null,
    acpEnvironment: [],
    acpModelHosts: [],
    allowLocal: [],
    forges: [],
    maxRunning: 4,
    confinement: 'auto',
    sandboxReadable: [],
    network: 'open',
    allowedHosts: [],
    maxFileBytes: 50_000_000,
    maxChangeBytes: 500_000_000,
    maxChangeFiles: 50_000,
    diskFloorBytes: 500_000_000,
    dataFolderQuotaBytes: 0,
    claudeCliPath: null,
    claudeModel: null,
    claudeMaxTurns: null,
    codexCliPath: null,
    codexModel: null,
    attemptTimeoutSeconds: 3600,
    firstActivitySeconds: null,
    maxTurns: null,
    retryForMinutes: 1440,
    checkTimeoutSeconds: 900,
    checkAttempts: 2,
    onCheckFailure: 'fail',
    fallbackAgents: [],
    maxCostUsd: null,
    maxTokens: null,
    workOrderBudget: null,
    repositoryDailyBudget: null,
    dailyBudget: null,
    steps: {},
    implementSession: 'clean',
    commitName: 'Agent Work Orders',
    commitEmail: 'agent-work-orders@localhost',
    commitSigningKey: null,
    idleSeconds: null,
    commandsDirectory: null,
    temporaryDirectory: null,
    logLevel: 'info',
    logFormat: 'auto',
    demoPace: 1,
    url: null,
    configFile: null,
  });
});

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const given = { flags: { port: '1' }, environment: { AWO_PORT: '2' }, file: file({ port: 3 }) };
  expect(read(given).port).toBe(1);
  expect(read({ ...given, flags: {} }).port).toBe(2);
  expect(read({ file: given.file }).port).toBe(3);
});

test.each([
  ['AGENT_WORK_ORDER_TIMEOUT', '90', 'attemptTimeoutSeconds', 90],
  ['AGENT_WORK_ORDER_COMMANDS_DIR', '/prompts', 'commandsDirectory', '/prompts'],
  ['AGENT_WORK_ORDER_TEMP_DIR', '/scratch', 'temporaryDirectory', '/scratch'],
  ['CLAUDE_CLI_PATH', 'my-claude', 'claudeCliPath', 'my-claude'],
  ['CLAUDE_CLI_MODEL', 'opus', 'claudeModel', 'opus'],
  ['CLAUDE_CLI_MAX_TURNS', '12', 'claudeMaxTurns', 12],
  ['LOG_LEVEL', 'WARNING', 'logLevel', 'warn'],
  ['AWO_AGENT_ENV', 'FOO, BAR_2,', 'agentEnvironment', ['FOO', 'BAR_2']],
  ['AWO_INTAKE_LABEL', 'Agent, please', 'intakeLabel', 'Agent, please'],
  ['AWO_PUBLIC_URL', 'https://orders.example/awo/', 'publicUrl', 'https://orders.example/awo'],
  ['AWO_ALLOW_LOCAL', '/a:/b', 'allowLocal', ['/a', '/b']],
  ['AWO_SANDBOX_READABLE', '/a:/b', 'sandboxReadable', ['/a', '/b']],
  ['AWO_NETWORK', 'allow-list', 'network', 'allow-list'],
  [
    'AWO_ALLOWED_HOSTS',
    'a.example:443, *.b.example,[::1]:80',
    'allowedHosts',
    ['a.example:443', '*.b.example', '[::1]:80'],
  ],
  ['AWO_DEMO_PACE', '0', 'demoPace', 0],
  ['AWO_PORT', '', 'port', 8888],
] as const)('%s=%j sets %s', (variable, text, name, value) => {
  expect(read({ environment: { [variable]: text } })[name]).toEqual(value);
});

test('the new name of a variable wins over the old one', () => {
  const environment = { AWO_LOG_LEVEL: 'error', LOG_LEVEL: 'debug' };
  expect(read({ environment }).logLevel).toBe('error');
});

test('a repeated flag is one folder each time, also with a colon in its name', () => {
  expect(read({ flags: { allowLocal: ['/a:b', '/c'] } }).allowLocal).toEqual(['/a:b', '/c']);
});

describe('a value that does not fit is named with its place and with what is allowed', () => {
  test.each([
    [{ flags: { port: '70000' } }, '--port is 70000; allowed is a whole number from 0 to 65535'],
    [{ flags: { port: '1e3' } }, '--port is "1e3"; allowed is a whole number from 0 to 65535'],
    [
      { environment: { AWO_AGENT: 'cluade' } },
      'AWO_AGENT is "cluade"; allowed is claude, codex, gemini, opencode, acp, command, demo. Did you mean claude?',
    ],
    [{ environment: { LOG_LEVEL: 'loud' } }, 'LOG_LEVEL is "loud"; allowed is debug, info, warn, error'],
    [{ file: file({ maxRunning: 0 }) }, 'maxRunning in /etc/awo.json is 0; allowed is a whole number from 1 to 1000'],
    [
      { environment: { AWO_URL: 'ftp://x' } },
      'AWO_URL is "ftp://x"; allowed is an http or https URL without a user name',
    ],
    [{ file: file([]) }, '/etc/awo.json must be a JSON object with a key for each setting'],
  ] satisfies [Partial<ConfigurationSources>, string][])('%j', (sources, fault) => {
    expect(faultsOf(sources)).toEqual([fault]);
  });

  test('all of them at once', () => {
    const sources = { flags: { port: 'x' }, environment: { AWO_MAX_RUNNING: '-1' }, file: file({ agent: 'nobody' }) };
    expect(faultsOf(sources)).toHaveLength(3);
  });

  test('but a token is never shown', () => {
    const faults = faultsOf({ environment: { AWO_API_TOKEN: 'two words' } });
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain('two words');
  });
});

describe('what is no setting is refused with the nearest one', () => {
  test.each([
    [{ environment: { AWO_PROT: '1' } }, 'AWO_PROT is not a setting. Did you mean AWO_PORT?'],
    [{ file: file({ maxRuning: 2 }) }, 'maxRuning in /etc/awo.json is not a setting. Did you mean maxRunning?'],
    [{ file: file({ configFile: '/x' }) }, /^configFile in \/etc\/awo\.json is not a setting/],
  ] satisfies [Partial<ConfigurationSources>, string | RegExp][])('%j', (sources, fault) => {
    const faults = faultsOf(sources);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  test('but what the service gives to its agents is no fault', () => {
    const environment = { AWO_WORK_ORDER_ID: 'wo-1', AWO_STEP: 'plan', AWO_AGENT_NAME: 'planner', AWO_ATTEMPT: '1' };
    expect(faultsOf({ environment })).toEqual([]);
  });
});

describe('an address that others reach', () => {
  test('needs a token, and the fault says what to do', () => {
    const [fault] = faultsOf({ flags: { host: '0.0.0.0' } });
    expect(fault).toMatch(/^--host is 0\.0\.0\.0, .*Set AWO_API_TOKEN/);
    expect(read({ flags: { host: '0.0.0.0' }, environment: { AWO_API_TOKEN: 'secret' } }).host).toBe('0.0.0.0');
  });

  test.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1'])('%s is none', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.1.example.com'])('%s is one', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

test('the agent command needs its program', () => {
  expect(faultsOf({ flags: { agent: 'command' } })[0]).toMatch(/^--agent is command, and no program is named/);
});

describe('the hosts of repositories', () => {
  const forges = (text: string) => read({ environment: { AWO_FORGES: text } }).forges;

  test('have a kind, and a token by the name of its variable or its file', () => {
    const text =
      '[{"host": "git.example.org:8443", "kind": "github", "apiUrl": "https://git.example.org/api/v3/", "tokenEnvironment": "X"}]';
    expect(forges(text)).toEqual([
      { host: 'git.example.org:8443', kind: 'github', apiUrl: 'https://git.example.org/api/v3', tokenEnvironment: 'X' },
    ]);
  });

  test('may know an app in place of a token', () => {
    const text = (app: string) => `[{"host": "github.com", "kind": "github", "app": ${app}}]`;
    expect(forges(text('{"id": 12, "privateKeyFile": "/k", "installationId": 3}'))[0]?.app).toEqual({
      id: '12',
      privateKeyFile: '/k',
      installationId: 3,
    });
    expect(forges(text('{"id": "Iv1.a", "privateKeyFile": "/k"}'))[0]?.app?.id).toBe('Iv1.a');
  });

  test.each([
    '[{"host": "a.example", "kind": "github", "app": {"id": 1, "privateKey": "canary"}}]',
    '[{"host": "a.example", "kind": "github", "app": {"id": 1, "privateKeyFile": "canary"}}]',
    '[{"host": "a.example", "kind": "plain-git", "app": {"id": 1, "privateKeyFile": "/canary"}}]',
    '[{"host": "a.example", "kind": "github", "tokenFile": "/canary", "app": {"id": 1, "privateKeyFile": "/k"}}]',
    '[{"host": "a.example", "kind": "github", "token": "canary"}]',
    '[{"host": "canary@a.example", "kind": "github"}]',
    '[{"host": "a.example", "kind": "github", "apiUrl": "http://canary.example"}]',
    '[{"host": "a.example", "kind": "github", "apiUrl": "https://canary:x@a.example"}]',
    '[{"host": "a.example", "kind": "canary"}]',
    '[{"host": "a.example", "kind": "github", "tokenFile": "canary"}]',
    '[{"host": "a.example", "kind": "github", "tokenEnvironment": "AWO_CANARY"}]',
  ])('are refused without showing what was written: %s', (text) => {
    const faults = faultsOf({ environment: { AWO_FORGES: text } });
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toMatch(/canary/i);
  });

  test('have tokens that no agent is given', () => {
    const file = {
      path: '/c.json',
      content: {
        forges: [{ host: 'a.example', kind: 'github', tokenEnvironment: 'X', webhookSecretEnvironment: 'HOOK' }],
      },
    };
    const hosts = createKnownHosts([]);
    const known = hosts.all.flatMap((host) => host.tokenEnvironment.concat(host.webhookSecretEnvironment));
    expect(known).toEqual(expect.arrayContaining(['GITLAB_TOKEN', 'GITLAB_WEBHOOK_SECRET']));
    for (const name of [...known, 'GITHUB_APP_PRIVATE_KEY_FILE', 'X', 'HOOK']) {
      for (const option of ['AWO_AGENT_ENV', 'AWO_ACP_ENV']) {
        expect(faultsOf({ file, environment: { [option]: name } })[0]).toMatch(`${option} names ${name}`);
      }
    }
    expect(faultsOf({ file, environment: { AWO_AGENT_ENV: 'Y', AWO_ACP_ENV: 'Z' } })).toEqual([]);
  });
});

test('no two options share a flag or a variable, and a token is never a flag', () => {
  const names = OPTION_NAMES.flatMap((name) => {
    const { flag, environment, oldEnvironment } = factsOf(name);
    return [flag, environment, oldEnvironment].filter((text) => text !== null);
  });
  expect(new Set(names).size).toBe(names.length);
  expect(factsOf('apiToken').flag).toBeNull();
});

test('docs/guide/configuration.md is what scripts/write-configuration-docs.ts writes', async () => {
  const page = await readFile(new URL('../../docs/guide/configuration.md', import.meta.url), 'utf8');
  expect(page).toBe(configurationPage());
});
