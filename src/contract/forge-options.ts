import { z } from 'zod';
import { option, text, variableName } from './option.ts';

const KINDS = ['github', 'gitlab', 'gitea', 'plain-git'] as const;

const hostAndPort = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/);

/** A token goes there, so: https, or this machine. */
function isSafeApi(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username || url.password || url.search || url.hash) return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname))
  );
}

// The service refuses variables of its own prefix that are no settings.
const secretVariable = variableName.refine((name) => !name.startsWith('AWO_'));

const app = z.strictObject({
  id: z.union([z.int().min(1).transform(String), z.string().regex(/^[A-Za-z0-9.]+$/)]),
  privateKeyFile: text.startsWith('/'),
  installationId: z.int().min(1).optional(),
});

const forge = z
  .strictObject({
    host: hostAndPort,
    kind: z.enum(KINDS),
    apiUrl: z
      .string()
      .refine(isSafeApi)
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    tokenEnvironment: secretVariable.optional(),
    tokenFile: text.startsWith('/').optional(),
    app: app.optional(),
    draftPullRequests: z.boolean().optional(),
    webhookSecretEnvironment: secretVariable.optional(),
    webhookSecretFile: text.startsWith('/').optional(),
  })
  .refine(
    (host) =>
      host.app === undefined ||
      (host.kind === 'github' && host.tokenEnvironment === undefined && host.tokenFile === undefined),
  );

/** Which hosts have which forge, and where their tokens and the secrets of their webhooks are; never one itself. */
export const forgeOptions = {
  forges: option(z.array(forge).default([]), {
    environment: 'AWO_FORGES',
    form: 'json',
    // Somebody may have written a token here all the same.
    secret: true,
    allowed:
      `a list of objects with host (with its port where it has one), kind (${KINDS.join(', ')}) and, if wanted, apiUrl ` +
      '(https, or http on this machine), tokenEnvironment (the name of a variable that does not begin with AWO_), ' +
      'tokenFile (an absolute path) or, for github, app in place of a token (an object with id, privateKeyFile, an ' +
      'absolute path, and if wanted installationId), draftPullRequests (true or false), webhookSecretEnvironment and webhookSecretFile ' +
      '(as for the token)',
    defaultText:
      'none; known are github.com (`GITHUB_TOKEN` or `GH_TOKEN`, or the app of `GITHUB_APP_ID` and `GITHUB_APP_PRIVATE_KEY_FILE`), gitlab.com (`GITLAB_TOKEN`), gitea.com (`GITEA_TOKEN`) and codeberg.org (`CODEBERG_TOKEN`), with the secrets of their webhooks in `GITHUB_WEBHOOK_SECRET`, `GITLAB_WEBHOOK_SECRET`, `GITEA_WEBHOOK_SECRET` and `CODEBERG_WEBHOOK_SECRET`',
    description:
      'Hosts of repositories beside the known ones; Forgejo is `gitea`. A token, a key or a secret is never written here: name the environment variable or the file that holds it. A variable that is named here is no longer that of a known host. For example `[{"host": "git.example.org", "kind": "gitlab", "tokenEnvironment": "EXAMPLE_TOKEN"}]`.',
  }),
};
