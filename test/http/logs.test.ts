import { describe, expect, test } from 'vitest';
import { LogPageSchema } from '../../src/contract/logs.ts';
import { ProblemSchema } from '../../src/contract/problem.ts';
import { startParts } from './support.ts';

describe('GET /{id}/logs', () => {
  test('is filtered by step and level, and "warning" is understood', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    await engine.log(id, { level: 'debug' }, { level: 'warn', step: 'plan' }, { level: 'error', step: 'commit' });
    const page = async (query: string) =>
      LogPageSchema.strict().parse(await (await app.request(`/agent-work-orders/${id}/logs?${query}`)).json());
    expect(await page('')).toMatchObject({ total: 3, limit: 100, offset: 0 });
    expect((await page('level=warning')).log_entries.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await page('step=plan')).log_entries.map(({ seq }) => seq)).toEqual([2]);
    expect(await page('limit=1&offset=2')).toMatchObject({ total: 3, log_entries: [{ seq: 3 }] });
    expect((await page('since=2999-01-01T02:00:00%2B02:00')).total).toBe(0);
    const wrong = await app.request(`/agent-work-orders/${id}/logs?step=deploy&since=soon`);
    expect(wrong.status).toBe(422);
    expect(ProblemSchema.parse(await wrong.json()).errors?.map(({ path }) => path)).toEqual(['step', 'since']);
  });

  test('is filtered by kind and text, its texts are cut on demand, and one entry is had whole', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    const input = { command: `npm test ${'x'.repeat(500)}`, deep: [[[['y'.repeat(500)]]]] };
    await engine.log(
      id,
      { event: 'tool_call', message: 'running npm test', data: { tool: 'Bash', input } },
      { event: 'tool_result', message: `${'z'.repeat(99)}😀${'z'.repeat(500)}` },
      { message: 'Done.' },
    );
    const at = (path: string) => app.request(`/agent-work-orders/${id}/logs${path}`);
    const page = async (query: string) => LogPageSchema.strict().parse(await (await at(`?${query}`)).json());
    const seqs = async (query: string) => (await page(query)).log_entries.map(({ seq }) => seq);
    expect(await seqs('event=tool_call,tool_result')).toEqual([1, 2]);
    expect(await seqs('text=NPM+test')).toEqual([1]);
    expect(await seqs('text=done&event=tool_call')).toEqual([]);
    const [call, result, done] = (await page('max_length=100')).log_entries;
    expect(call).toMatchObject({
      truncated: true,
      data: { tool: 'Bash', input: { command: input.command.slice(0, 100), deep: [null] } },
    });
    expect(result).toMatchObject({ truncated: true, message: 'z'.repeat(99) });
    expect(done).not.toHaveProperty('truncated');
    expect(await (await at('/1')).json()).toMatchObject({ seq: 1, data: { input } });
    expect(ProblemSchema.parse(await (await at('/4')).json()).code).toBe('log_entry_not_found');
    expect((await at('/x')).status).toBe(422);
    expect((await at('?event=Tool%20call&text=')).status).toBe(422);
  });

  test('is a file, as lines that a terminal may show and as JSON', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    const lines = Array.from({ length: 700 }, (_, index) => ({ message: `line ${index + 1}` }));
    const hostile = {
      level: 'warn',
      step: 'plan',
      attempt: 2,
      message: '\u001b]0;title\u0007\n\u202e2026 warn',
    } as const;
    await engine.log(id, ...lines, hostile);
    const download = (query: string) => app.request(`/agent-work-orders/${id}/logs/download?${query}`);
    const text = await download('');
    expect(text.headers.get('content-disposition')).toBe(`attachment; filename="${id}.log"`);
    const written = (await text.text()).split('\n');
    expect(written).toHaveLength(703);
    expect(written[699]).toMatch(/^2\S+Z info text: line 700$/);
    expect(written.slice(700, 702)).toEqual([
      expect.stringMatching(/^2\S+Z warn plan#2 text: \\u001b\]0;title\\u0007$/),
      '  \\u202e2026 warn',
    ]);
    const json = await download('format=ndjson&level=warn');
    expect(json.headers.get('content-disposition')).toBe(`attachment; filename="${id}.ndjson"`);
    expect(JSON.parse(await json.text())).toMatchObject({ seq: 701, ...hostile });
    expect((await download('format=pdf')).status).toBe(422);
  });
});
