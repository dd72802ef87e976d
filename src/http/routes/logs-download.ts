import { createRoute } from '@hono/zod-openapi';
import { LogDownloadQuery } from '../../contract/logs.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { LogEntry, LogFilter, Store } from '../../ports/store.ts';
import type { App } from '../dependencies.ts';
import { logFilter } from '../log-filter.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, problems, text } from '../responses.ts';

const PAGE_ENTRIES = 500;
const PAGE_BYTES = 256 * 1024;

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/logs/download',
  operationId: 'downloadLogs',
  tags: [TAGS.history],
  summary: 'The log, as a file',
  description: 'What was written until the file ends; it does not wait for more.',
  request: { params: IdParams, query: LogDownloadQuery },
  responses: {
    200: {
      description: 'The file, oldest entry first',
      content: {
        ...text('', 'text/plain', '2026-11-25T09:30:00.123Z info plan#1 tool_call: reading src/theme.ts\n').content,
        ...text('', 'application/x-ndjson', '{"seq":17,"level":"info","event":"tool_call", …}\n').content,
      },
    },
    ...problems(404, 422, 503),
  },
});

export function registerLogsDownload(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { format, ...filter } = context.req.valid('query');
    const { agent_work_order_id: workOrderId } = await readWorkOrder(
      store,
      context.req.valid('param').agent_work_order_id,
    );
    const pages = pagesOf(store, { workOrderId, filter: logFilter(filter) });
    // Read before the answer begins, so that a store that cannot be read is a problem and not an empty file.
    let page = await pages.next();
    const encoder = new TextEncoder();
    const lineOf = format === 'text' ? textOf : jsonOf;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (page.done) return controller.close();
          controller.enqueue(encoder.encode(page.value.map(lineOf).join('')));
          page = await pages.next();
        },
        async cancel() {
          await pages.return();
        },
      },
      { highWaterMark: 0 },
    );
    const [type, extension] =
      format === 'text' ? ['text/plain; charset=utf-8', 'log'] : ['application/x-ndjson', 'ndjson'];
    return new Response(body, {
      headers: {
        'content-type': type,
        'content-disposition': `attachment; filename="${workOrderId}.${extension}"`,
      },
    });
  });
}

/** A page is in memory at a time, however long the log is. */
async function* pagesOf(
  store: Store,
  { workOrderId, filter }: { readonly workOrderId: WorkOrderId; readonly filter: LogFilter },
): AsyncGenerator<readonly LogEntry[], void, void> {
  let after = 0;
  for (;;) {
    const page = await store.log({ workOrderId, after, limit: PAGE_ENTRIES, maxBytes: PAGE_BYTES, filter });
    const last = page.at(-1);
    if (!last) return;
    after = last.seq;
    yield page;
  }
}

function jsonOf(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Lines after the first are indented, so that no message can look like an entry of its own. */
function textOf({ timestamp, level, step, attempt, event, message }: LogEntry): string {
  const place = step === null ? '' : ` ${step}${attempt === null ? '' : `#${attempt}`}`;
  const words = harmless(message).replaceAll('\n', '\n  ');
  return `${timestamp} ${level}${place} ${event}: ${words}\n`;
}

/** The file may be shown in a terminal: what a terminal obeys, and what reorders or hides text, is written out. */
function harmless(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(
      // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
