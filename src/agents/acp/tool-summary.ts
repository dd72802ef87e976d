import { relative } from 'node:path';
import { oneLine } from '../text.ts';
import { toolInput } from './schema.ts';
import type { ToolCall } from './schema.ts';

const MAX_CHARACTERS = 120;

/** One line for a person about a tool call: `editing src/app.ts`, `running npm test`. */
export function toolSummary(tool: ToolCall, { directory }: { readonly directory: string }): string {
  const parsed = toolInput.safeParse(tool.rawInput);
  const input = parsed.success ? parsed.data : toolInput.parse({});
  const diff = tool.content?.find(({ type }) => type === 'diff')?.path;
  const path = shown(
    tool.locations?.[0]?.path ?? input.file_path ?? input.filePath ?? input.filepath ?? diff ?? input.path,
    directory,
  );
  const title = tool.title?.trim() || null;
  return oneLine(sentence(), MAX_CHARACTERS);

  function sentence(): string {
    switch (tool.kind) {
      case 'read':
        return `reading ${path ?? title ?? 'a file'}`;
      case 'edit':
        return `editing ${path ?? title ?? 'a file'}`;
      case 'delete':
        return `deleting ${path ?? title ?? 'a file'}`;
      case 'move':
        return `moving ${path ?? title ?? 'a file'}`;
      case 'execute':
        return `running ${input.command ?? title ?? 'a command'}`;
      case 'search':
        return `searching: ${title ?? path ?? 'something'}`;
      case 'fetch':
        return `fetching ${title ?? 'a page'}`;
      case 'think':
        return title ?? 'thinking';
      default:
        return title === null ? `using ${toolName(tool)}` : `using ${title}`;
    }
  }
}

/** What the program calls the tool, as far as it says so. */
export function toolName({ name, kind, _meta }: ToolCall): string {
  return name ?? _meta?.toolName ?? _meta?.claudeCode?.toolName ?? kind ?? 'a tool';
}

function shown(path: string | null | undefined, directory: string): string | null {
  if (path === null || path === undefined || path === '') return null;
  if (!path.startsWith('/')) return path;
  const below = relative(directory, path);
  if (below.startsWith('..')) return path;
  return below === '' ? '.' : below;
}
