import { relative } from 'node:path';
import type { Activity } from '../../ports/agent.ts';
import { oneLine, preview } from '../text.ts';
import type { CodexItem, CodexToolItem } from './schema.ts';

const MAX_SUMMARY_CHARACTERS = 120;
const MAX_TEXT_CHARACTERS = 2000;

export function isToolItem(item: CodexItem): item is CodexToolItem {
  return ['command_execution', 'file_change', 'mcp_tool_call', 'web_search'].includes(item.type);
}

export function toolCall(item: CodexToolItem, directory: string): Extract<Activity, { readonly kind: 'tool_call' }> {
  const summary = oneLine(sentence(item, directory), MAX_SUMMARY_CHARACTERS);
  return { kind: 'tool_call', tool: item.type, summary, input: inputOf(item) };
}

/** Null for a tool that tells no result. */
export function toolResult(
  item: CodexToolItem,
  directory: string,
): Extract<Activity, { readonly kind: 'tool_result' }> | null {
  switch (item.type) {
    case 'command_execution': {
      // A result that was cut off has neither: then nothing speaks against it.
      const ok = typeof item.exit_code === 'number' ? item.exit_code === 0 : !isBad(item.status);
      return { kind: 'tool_result', ok, text: preview(item.aggregated_output ?? '', MAX_TEXT_CHARACTERS) };
    }
    case 'file_change':
      return {
        kind: 'tool_result',
        ok: !isBad(item.status),
        text: preview(
          item.changes.map(({ kind, path }) => `${kind ?? 'change'} ${shown(path, directory)}`).join('\n'),
          MAX_TEXT_CHARACTERS,
        ),
      };
    case 'mcp_tool_call': {
      const said = item.error?.message ?? (item.result?.content ?? []).map((part) => part.text ?? '').join('\n');
      const ok = !isBad(item.status) && !item.error;
      return { kind: 'tool_result', ok, text: preview(said, MAX_TEXT_CHARACTERS) };
    }
    case 'web_search':
      return null;
  }
}

function isBad(status: string | null | undefined): boolean {
  return status === 'failed' || status === 'declined';
}

function sentence(item: CodexToolItem, directory: string): string {
  switch (item.type) {
    case 'command_execution':
      return `running ${withoutShell(item.command)}`;
    case 'file_change': {
      const [first, ...more] = item.changes;
      if (first === undefined) return 'editing files';
      const verb = first.kind === 'add' ? 'writing' : first.kind === 'delete' ? 'deleting' : 'editing';
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      return `${verb} ${shown(first.path, directory)}${others}`;
    }
    case 'mcp_tool_call':
      return `using ${item.server ?? ''} ${item.tool ?? 'a tool'}`.replace('  ', ' ');
    case 'web_search':
      return `searching the web for ${item.query || 'something'}`;
  }
}

function inputOf(item: CodexToolItem): unknown {
  switch (item.type) {
    case 'command_execution':
      return { command: preview(item.command, MAX_TEXT_CHARACTERS) };
    case 'file_change': {
      const json = JSON.stringify(item.changes);
      return { changes: json.length > MAX_TEXT_CHARACTERS ? preview(json, MAX_TEXT_CHARACTERS) : item.changes };
    }
    case 'mcp_tool_call': {
      const json = JSON.stringify(item.arguments) ?? '';
      return json.length > MAX_TEXT_CHARACTERS ? preview(json, MAX_TEXT_CHARACTERS) : item.arguments;
    }
    case 'web_search':
      return { query: item.query ?? '' };
  }
}

/** The command of a person: `/bin/bash -lc 'npm test'` is `npm test`. */
function withoutShell(command: string): string {
  const inner = /^\S*sh -l?c (.+)$/s.exec(command)?.[1];
  if (inner === undefined) return command;
  const quoted = /^(['"])(.*)\1$/s.exec(inner);
  if (quoted === null) return inner;
  const [, quote = '', words = ''] = quoted;
  return quote === "'"
    ? words.replaceAll(`'"'"'`, "'").replaceAll(String.raw`'\''`, "'")
    : words.replace(/\\(["\\$`])/g, '$1');
}

function shown(path: string, directory: string): string {
  const below = relative(directory, path);
  return !path.startsWith('/') || below.startsWith('..') || below === '' ? path : below;
}
