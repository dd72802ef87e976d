import { columnsOf } from './text.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** Ten frames a second. */
const FRAME_MS = 100;
const USUAL_SIZE = { columns: 80, rows: 24 };

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What of a terminal's stream is needed. */
export interface TerminalStream {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

export interface LiveTerminal {
  /** Draws now if the frame differs from the one that is shown. */
  redraw(): void;
  /** Draws the last frame and gives the terminal back. May be called twice. */
  stop(): void;
}

/**
 * Redraws a frame in place, at most ten times a second, and only when it has changed. The cursor is hidden meanwhile
 * and comes back at any end of the process that runs code.
 */
export function createLiveTerminal({
  stream,
  render,
}: {
  readonly stream: TerminalStream;
  /** The lines for a size; none may be wider, and there must be fewer than rows. They may hold colours. */
  readonly render: (size: Size) => readonly string[];
}): LiveTerminal {
  let shown: readonly string[] = [];
  let shownText: string | null = null;
  let stopped = false;

  function redraw(): void {
    if (stopped) return;
    const size = { columns: stream.columns || USUAL_SIZE.columns, rows: stream.rows || USUAL_SIZE.rows };
    const lines = render(size);
    const text = lines.join('\n');
    if (text === shownText) return;
    stream.write(backTo(shown, size) + lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW);
    shown = lines;
    shownText = text;
  }

  function showCursor(): void {
    stream.write(SHOW_CURSOR);
  }

  stream.write(HIDE_CURSOR);
  process.on('exit', showCursor);
  const timer = setInterval(redraw, FRAME_MS);
  redraw();

  return {
    redraw,
    stop() {
      if (stopped) return;
      redraw();
      stopped = true;
      clearInterval(timer);
      process.off('exit', showCursor);
      showCursor();
    },
  };
}

/** Moves to the first row of the frame that is shown: a narrower terminal has broken its lines into more rows. */
function backTo(lines: readonly string[], { columns, rows }: Size): string {
  let height = 0;
  for (const line of lines) height += Math.max(1, Math.ceil(columnsOf(withoutColors(line)) / columns));
  return height === 0 ? '' : `\u001b[${Math.min(height, rows - 1)}A\r`;
}

function withoutColors(line: string): string {
  // oxlint-disable-next-line no-control-regex -- the escapes are our own
  return line.replace(/\u001b\[[\d;]*m/g, '');
}
