import { WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Forge } from '../ports/forge.ts';

/** Rejects where a forge says that the service may not push: over https without a token, or with one that may only read. */
export async function expectPush(
  asked: Parameters<Forge['expectPush']>[0],
  {
    verify,
    credentials,
    needs,
  }: {
    readonly verify: Forge['verify'];
    readonly credentials: Credentials;
    /** As the rest of "it needs …". */
    readonly needs: string;
  },
): Promise<void> {
  const { repositoryUrl } = asked;
  const { owner, name, mayPush } = await verify(asked);
  if (/^https?:/.test(repositoryUrl) && (await credentials.tokenFor({ repositoryUrl })) === null) {
    const reason = `${owner}/${name} can be read without a token, but not pushed to`;
    throw new WorkOrderError('forge_auth_required', `${reason}; ${credentials.howToSet({ repositoryUrl })}.`);
  }
  if (mayPush === false) {
    const reason = `The token may read ${owner}/${name}, but not push to it`;
    throw new WorkOrderError('forge_permission_missing', `${reason}: it needs ${needs}.`);
  }
}
