import type { Activity } from '../../ports/agent.ts';
import { oneLine } from '../text.ts';

const MAX_CHARACTERS = 300;

/** Parts of a stack or of an object that is printed, and notes on its own start. */
const NOISE = /^[\s{}\]]|^(?:Ripgrep is not|\[STARTUP\]|\[Routing\]|Could not find promptId|Error handling request)/;

/** What a line of Gemini CLI's standard error says: that it tries a model call again, or something else worth a line. */
export function readGeminiStderr(line: string): Activity | null {
  if (/^Attempt \d+ failed.*Retrying/.test(line)) return { kind: 'retry', message: oneLine(line, MAX_CHARACTERS) };
  if (line.trim() === '' || NOISE.test(line)) return null;
  return { kind: 'message', level: 'info', text: oneLine(line, MAX_CHARACTERS) };
}
