import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { PromptSource } from '../ports/prompts.ts';

/** Where the target repository keeps its own prompts. */
const REPOSITORY_FOLDER = '.agent-work-orders/commands';

/**
 * Prompts as Markdown files. A role's file is taken from the target repository, else from the override folder, else from
 * the package; a file that is there but empty is an error, not a reason to look further.
 */
export function createPromptSource({
  shippedDirectory,
  overrideDirectory,
}: {
  readonly shippedDirectory: string;
  /** `AGENT_WORK_ORDER_COMMANDS_DIR`; it may hold some of the files only. */
  readonly overrideDirectory: string | null;
}): PromptSource {
  return {
    async prompt({ name, args, readOverride }) {
      if (!/^[a-z][a-z0-9_]*$/.test(name)) throw missing(`"${name}" is not the name of a prompt.`);
      const file = `${name}.md`;
      const found =
        (await fromRepository(`${REPOSITORY_FOLDER}/${file}`, readOverride)) ??
        (overrideDirectory === null ? null : await fromFolder(join(overrideDirectory, file))) ??
        (await fromFolder(join(shippedDirectory, file)));
      if (found === null) throw missing(`The prompt file ${join(shippedDirectory, file)} does not exist.`);
      if (found.text.trim() === '') throw missing(`The prompt file ${found.place} is empty.`);
      return fillPlaceholders(found.text, args);
    },
  };
}

/**
 * Puts the arguments in: `$1` to `$9` one each, `$ARGUMENTS` all of them with a blank line between. In one pass: what
 * looks like a placeholder inside an argument stays as it is, and `$10` is `$1` and a zero. An argument that is not
 * given is nothing.
 */
export function fillPlaceholders(template: string, args: readonly string[]): string {
  return template.replace(/\$(ARGUMENTS|[1-9])/g, (_whole, which: string) =>
    which === 'ARGUMENTS' ? args.join('\n\n') : (args[Number(which) - 1] ?? ''),
  );
}

interface PromptFile {
  readonly text: string;
  /** Where it was found, for a person. */
  readonly place: string;
}

async function fromRepository(
  path: string,
  readOverride: (path: string) => Promise<string | null>,
): Promise<PromptFile | null> {
  const text = await readOverride(path);
  return text === null ? null : { text: withoutMark(text), place: `${path} of the target repository` };
}

async function fromFolder(path: string): Promise<PromptFile | null> {
  try {
    return { text: withoutMark(await readFile(path, 'utf8')), place: path };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw missing(`The prompt file ${path} cannot be read.`, error);
  }
}

/** Some editors begin a file with a byte order mark. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

function missing(message: string, cause?: unknown): WorkOrderError {
  return new WorkOrderError('prompt_missing', message, { cause });
}
