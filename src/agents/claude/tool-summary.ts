import { relative } from 'node:path';
import { oneLine } from '../text.ts';
import { claudeToolInput } from './schema.ts';

const MAX_CHARACTERS = 120;

/** One line for a person about a tool call: `editing src/app.ts`, `running npm test`. */
export function toolSummary({
  tool,
  input,
  directory,
}: {
  readonly tool: string;
  readonly input: unknown;
  /** Paths below it are shown relative to it. */
  readonly directory: string;
}): string {
  const parsed = claudeToolInput.safeParse(input);
  const fields = parsed.success ? parsed.data : claudeToolInput.parse({});
  const path = shown(fields.file_path ?? fields.notebook_path ?? fields.path, directory);
  return oneLine(sentence(), MAX_CHARACTERS);

  function sentence(): string {
    switch (tool) {
      case 'Read':
        return `reading ${path ?? 'a file'}`;
      case 'Edit':
      case 'MultiEdit':
      case 'NotebookEdit':
        return `editing ${path ?? 'a file'}`;
      case 'Write':
        return `writing ${path ?? 'a file'}`;
      case 'LS':
        return `listing ${path ?? 'the folder'}`;
      case 'Bash':
        return `running ${fields.command ?? 'a command'}`;
      case 'Grep':
      case 'Glob':
        return `searching for ${fields.pattern ?? 'something'}${path === null ? '' : ` in ${path}`}`;
      case 'WebSearch':
        return `searching the web for ${fields.query ?? 'something'}`;
      case 'WebFetch':
        return `fetching ${fields.url ?? 'a page'}`;
      case 'Task':
      case 'Agent':
        return `asking a helper: ${fields.description ?? 'a task'}`;
      case 'TodoWrite':
      case 'TaskCreate':
      case 'TaskUpdate':
        return 'updating its list of tasks';
      case 'AskUserQuestion':
        return 'asking a question';
      case 'StructuredOutput':
        return 'giving its answer';
      case 'Skill':
        return `using the skill ${fields.skill ?? ''}`;
      default:
        return `using ${tool.startsWith('mcp__') ? tool.slice('mcp__'.length).replaceAll('__', ' ') : tool}`;
    }
  }
}

function shown(path: string | null | undefined, directory: string): string | null {
  if (path === null || path === undefined) return null;
  const below = relative(directory, path);
  if (!path.startsWith('/') || below.startsWith('..')) return path;
  return below === '' ? '.' : below;
}
