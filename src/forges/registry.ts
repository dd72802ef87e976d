import { WorkOrderError } from '../domain/errors.ts';
import type { Forge, ForgeRegistry } from '../ports/forge.ts';

/** The forges in the order in which they are asked; the last one is to take every repository. */
export function createForgeRegistry({ forges }: { readonly forges: readonly Forge[] }): ForgeRegistry {
  return {
    forges,
    forRepository({ repositoryUrl }) {
      const forge = forges.find((candidate) => candidate.recognises({ repositoryUrl }));
      if (!forge) throw new WorkOrderError('internal_error', `No forge takes ${repositoryUrl}.`);
      return forge;
    },
  };
}
