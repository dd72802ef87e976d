import type { KeyObject } from 'node:crypto';
import { randomBytes, verify } from 'node:crypto';
import type { Operation } from '../fake-forge/description.ts';
import type { Answer } from '../fake-forge/faults.ts';
import { invalid, problem } from './faults.ts';
import { filled } from './fill.ts';

/** An app, with the one account that has installed it. */
export interface FakeApp {
  readonly id: number;
  readonly publicKey: KeyObject;
  readonly installationId: number;
  /** As `owner/name`. */
  readonly installedOn: Set<string>;
  isSuspended: boolean;
  permissions: Readonly<Record<string, string>>;
  readonly tokens: Map<string, { readonly repository: string; readonly expiresAt: number; readonly canPush: boolean }>;
}

const TOKEN_LIFETIME_MS = 60 * 60 * 1000;
/** GitHub takes no web token that lives longer. */
const MAX_WEB_TOKEN_SECONDS = 600;

export function fakeApp(
  input: Pick<FakeApp, 'id' | 'publicKey'> & { readonly installedOn: readonly string[] },
): FakeApp {
  return {
    id: input.id,
    publicKey: input.publicKey,
    installationId: input.id + 1000,
    installedOn: new Set(input.installedOn),
    isSuspended: false,
    permissions: { metadata: 'read', contents: 'write', pull_requests: 'write', issues: 'write' },
    tokens: new Map(),
  };
}

/** Who the token of an installation is, while it lasts and the app stays installed. */
export function installedTokenOf(
  apps: readonly FakeApp[],
  { token, now }: { readonly token: string; readonly now: number },
) {
  for (const { id, tokens, installedOn, isSuspended } of apps) {
    const known = tokens.get(token);
    if (!known || known.expiresAt <= now || isSuspended || !installedOn.has(known.repository)) continue;
    return { login: `app-${id}[bot]`, canPush: known.canPush, isApp: true, only: known.repository };
  }
  return undefined;
}

interface AppAsked {
  readonly operation: Operation;
  readonly webToken: string;
  readonly body: unknown;
  readonly origin: string;
  readonly now: number;
}

/** What an app is answered that shows its web token. */
export function answerApp(apps: readonly FakeApp[], asked: AppAsked): Answer {
  const app = appOf(apps, asked);
  if (typeof app === 'string') return problem(401, app);
  const { operation, origin } = asked;
  switch (operation.id) {
    case 'apps/get-authenticated':
      return {
        status: 200,
        body: filled('integration', { id: app.id, slug: slugOf(app), html_url: `${origin}/apps/${slugOf(app)}` }),
      };
    case 'apps/get-repo-installation': {
      const name = `${operation.path['owner']}/${operation.path['repo']}`;
      return app.installedOn.has(name)
        ? { status: 200, body: installationFields(app, origin) }
        : problem(404, 'Not Found');
    }
    default:
      return createToken(app, asked);
  }
}

function createToken(app: FakeApp, { operation, body, now }: AppAsked): Answer {
  if (Number(operation.path['installation_id']) !== app.installationId) return problem(404, 'Not Found');
  if (app.isSuspended) return problem(403, 'This installation has been suspended');
  const { repositories = [] } = (body ?? {}) as { readonly repositories?: readonly string[] };
  const [name = ''] = repositories;
  const repository = [...app.installedOn].find((each) => each.endsWith(`/${name}`));
  if (repositories.length !== 1 || repository === undefined) {
    return invalid('There is at least one repository that does not exist or is not accessible.', 'Installation');
  }
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const expiresAt = now + TOKEN_LIFETIME_MS;
  app.tokens.set(token, { repository, expiresAt, canPush: app.permissions['contents'] === 'write' });
  return {
    status: 201,
    body: {
      token,
      expires_at: new Date(expiresAt).toISOString(),
      permissions: app.permissions,
      repository_selection: 'selected',
    },
  };
}

/** The app that has signed a web token, or GitHub's words for why it is none. */
function appOf(apps: readonly FakeApp[], { webToken, now }: AppAsked): FakeApp | string {
  const [head = '', payload = '', signature = ''] = webToken.split('.');
  const undecodable = 'A JSON web token could not be decoded';
  const { alg } = parsed(head);
  const { iss, iat, exp } = parsed(payload);
  if (alg !== 'RS256') return undecodable;
  const app = apps.find(({ id }) => String(id) === String(iss));
  if (!app) return 'Integration not found';
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${payload}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return undecodable;
  const seconds = now / 1000;
  if (!Number.isInteger(iat) || Number(iat) > seconds) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  }
  if (Number(exp) > seconds + MAX_WEB_TOKEN_SECONDS) return "'Expiration time' claim ('exp') is too far in the future";
  if (!(Number(exp) > seconds)) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  }
  return app;
}

function parsed(part: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function installationFields(app: FakeApp, origin: string) {
  return filled('installation', {
    id: app.installationId,
    account: filled('simple-user', { login: 'ada' }),
    app_id: app.id,
    app_slug: slugOf(app),
    html_url: `${origin}/settings/installations/${app.installationId}`,
    repository_selection: 'selected',
    permissions: app.permissions,
    suspended_at: app.isSuspended ? '2026-01-01T00:00:00Z' : null,
  });
}

function slugOf({ id }: FakeApp): string {
  return `app-${id}`;
}
