import { describe, expect, test } from 'vitest';
import { ask, post } from './client.ts';
import type { FormatName } from './conversation.ts';
import type { Scenario } from './reply.ts';
import { startModelServer } from './server.ts';

const FORMATS: readonly FormatName[] = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'];

const talker: Scenario = ({ turn, toolResults }) =>
  turn < 2
    ? { thinking: 'I think before I act.', text: `Turn ${turn}: I act.`, actions: [{ run: `echo ${turn}` }] }
    : { text: `Done after ${toolResults.length} results; the last held ${toolResults.at(-1)}.` };

describe.each(FORMATS)('%s', (format) => {
  test.each([{ stream: true }, { stream: false }])('answers a whole conversation ($stream)', async ({ stream }) => {
    await using server = await startModelServer({ scenarios: { talker } });
    const asking = { url: server.url('talker'), format, stream };
    const [first, second, last] = await Promise.all([0, 1, 2].map((exchanges) => ask({ ...asking, exchanges })));
    expect(first).toMatchObject({
      status: 200,
      thinking: 'I think before I act.',
      text: 'Turn 0: I act.',
      calls: [{ name: 'Bash', input: { command: 'echo 0' } }],
    });
    expect(second?.calls).toEqual([{ name: 'Bash', input: { command: 'echo 1' } }]);
    expect(last?.calls).toEqual([]);
    expect(last?.text).toMatch(/^Done after 2 results; the last held .*result 2/);
  });

  test('gives the tokens of the reply in the vendor’s words', async () => {
    const usage = { input: 5000, cached: 1000, output: 70 };
    await using server = await startModelServer({ scenarios: { dear: () => ({ text: 'x', usage }) } });
    const { body } = await ask({ url: server.url('dear'), format });
    expect(body).toMatchObject(
      {
        anthropic: { usage: { input_tokens: 4000, cache_read_input_tokens: 1000, output_tokens: 70 } },
        'openai-responses': { usage: { input_tokens: 5000, output_tokens: 70, total_tokens: 5070 } },
        'openai-chat': { usage: { prompt_tokens: 5000, completion_tokens: 70 } },
        gemini: { usageMetadata: { promptTokenCount: 5000, cachedContentTokenCount: 1000, candidatesTokenCount: 70 } },
      }[format],
    );
  });

  test('tells the scenario which model was asked for', async () => {
    await using server = await startModelServer({ scenarios: { model: ({ model }) => ({ text: model }) } });
    expect((await ask({ url: server.url('model'), format })).text).toBe('model-1');
  });

  test('makes a structured answer where one is wanted, and none where it is not', async () => {
    const scenarios = { json: (): { text: string; json: unknown } => ({ text: 'in words', json: { class: 'bug' } }) };
    await using server = await startModelServer({ scenarios });
    const schema = { type: 'object', properties: { class: { enum: ['bug', 'chore'] } } };
    const asking = { url: server.url('json'), format, stream: true };
    const { text, calls } = await ask({ ...asking, schema });
    if (format === 'anthropic') expect(calls).toEqual([{ name: 'StructuredOutput', input: { class: 'bug' } }]);
    else expect(JSON.parse(text)).toEqual({ class: 'bug' });
    expect((await ask(asking)).text).toBe('in words');
  });
});

test('what is asked for at once is answered as if it were asked alone', async () => {
  await using server = await startModelServer({ scenarios: { talker } });
  const turns = Array.from({ length: 60 }, (_, index) => index % 3);
  const answers = await Promise.all(
    turns.map((exchanges, index) =>
      ask({ url: server.url('talker'), format: FORMATS[index % 4] ?? 'gemini', stream: index % 2 === 0, exchanges }),
    ),
  );
  const expected = turns.map((turn) => (turn < 2 ? `Turn ${turn}: I act.` : 'Done after 2 results'));
  expect(answers.map(({ text }, index) => text.slice(0, expected[index]?.length))).toEqual(expected);
});

test('keeps what was asked, and forgets the oldest first', async () => {
  await using server = await startModelServer();
  await ask({ url: server.url('nothing'), format: 'anthropic', prompt: 'the very first' });
  expect(server.requests).toMatchObject([
    { scenario: 'nothing', method: 'POST', path: '/v1/messages', body: { messages: [{ content: 'the very first' }] } },
  ]);
  for (let asked = 0; asked < 500; asked += 50) {
    await Promise.all(Array.from({ length: 50 }, () => ask({ url: server.url('claims'), format: 'gemini' })));
  }
  expect(server.requests).toHaveLength(500);
  expect(server.requests.some(({ scenario }) => scenario === 'nothing')).toBe(false);
});

test('a scenario can begin in one role, or after some good turns', async () => {
  await using server = await startModelServer();
  const implement = 'You carry out a plan in the repository of the current folder.';
  const url = server.url('bad-key', { role: 'implementor', afterTurns: 1 });
  const classify = 'You sort requests to change a software repository into three classes.';
  expect(await ask({ url, format: 'anthropic', prompt: classify, exchanges: 3 })).toMatchObject({ text: '/feature' });
  expect(await ask({ url, format: 'anthropic', prompt: implement })).toMatchObject({ status: 200 });
  expect(await ask({ url, format: 'anthropic', prompt: implement, exchanges: 1 })).toMatchObject({ status: 401 });
});

test('what a program asks for itself is answered to its schema, whatever becomes of prompts', async () => {
  await using server = await startModelServer();
  const schema = { type: 'OBJECT', properties: { complexity_score: { type: 'INTEGER' } } };
  const asking = { format: 'gemini', tool: null, schema } as const;
  for (const scenario of ['nothing', 'refusal', 'endless'] as const) {
    expect((await ask({ ...asking, url: server.url(scenario) })).text, scenario).toBe('{"complexity_score":1}');
  }
  expect((await ask({ ...asking, url: server.url('overloaded') })).status).toBe(503);
});

test('a name that no scenario has is told as such', async () => {
  await using server = await startModelServer();
  const { status, body } = await ask({ url: server.url('work-oder'), format: 'openai-chat' });
  expect(status).toBe(400);
  expect(body).toEqual({ error: { message: 'The model server knows no scenario "work-oder".' } });
});

test('a scenario that throws is an error of the server, not a program that waits for ever', async () => {
  const broken = (): never => {
    throw new Error('the test’s own mistake');
  };
  await using server = await startModelServer({ scenarios: { broken } });
  const { status, body } = await ask({ url: server.url('broken'), format: 'gemini' });
  expect(status).toBe(500);
  expect(body).toEqual({ error: { message: 'Error: the test’s own mistake' } });
});

test.each([
  ['HEAD', '/', 200],
  ['GET', '/v1/models', 200],
  ['POST', '/v1/messages/count_tokens', 200],
  ['POST', '/v1beta/models/m:countTokens', 200],
  ['GET', '/v1/responses', 426],
  ['GET', '/v1/elsewhere', 404],
])('%s %s is answered with %i', async (method, path, status) => {
  await using server = await startModelServer();
  const response = await fetch(`${server.url('work-order')}${path}`, { method });
  expect(response.status).toBe(status);
});

test('closing does not wait for an answer that stalls', async () => {
  const server = await startModelServer();
  const response = await post({ url: server.url('stall'), format: 'anthropic', stream: true });
  let closed = false;
  const read = response.text().then(
    () => 'ended before the server',
    () => (closed ? 'ended with the server' : 'ended before the server'),
  );
  closed = true;
  await server[Symbol.asyncDispose]();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(await read).toBe('ended with the server');
});
