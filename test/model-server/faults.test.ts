import { describe, expect, test } from 'vitest';
import { ask, post } from './client.ts';
import type { FormatName } from './conversation.ts';
import { RESET_AFTER_SECONDS } from './faults.ts';
import { startModelServer } from './server.ts';

const FORMATS: readonly FormatName[] = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'];

test.each([
  ['bad-key', [401, 401, 401, 400]],
  ['rate-limited', [429, 429, 429, 429]],
  ['rate-limited-reset', [429, 429, 429, 429]],
  ['overloaded', [529, 503, 503, 503]],
  ['context-full', [400, 400, 400, 400]],
  ['unknown-model', [404, 404, 404, 404]],
])('%s has each vendor’s status, in a stream as well', async (fault, statuses) => {
  await using server = await startModelServer();
  const url = server.url(fault);
  const whole = await Promise.all(FORMATS.map((format) => ask({ url, format })));
  const streamed = await Promise.all(FORMATS.map((format) => ask({ url, format, stream: true })));
  expect(whole.map(({ status }) => status)).toEqual(statuses);
  // OpenAI tells in the stream that there is too much in it.
  expect(streamed.map(({ status }) => status)).toEqual(fault === 'context-full' ? [400, 200, 400, 400] : statuses);
  for (const { body } of [...whole, ...streamed].filter(({ status }) => status !== 200)) {
    expect(body).toMatchObject({ error: { message: expect.stringMatching(/\w+/) } });
  }
});

describe('when the limit is over', () => {
  test('stands in Anthropic’s headers', async () => {
    await using server = await startModelServer();
    const { headers } = await ask({ url: server.url('rate-limited-reset'), format: 'anthropic' });
    const left = Date.parse(headers.get('anthropic-ratelimit-requests-reset') ?? '') - Date.now();
    expect(Math.abs(left / 1000 - RESET_AFTER_SECONDS)).toBeLessThan(60);
    expect(headers.get('retry-after')).toBe(String(RESET_AFTER_SECONDS));
  });

  test('stands in OpenAI’s headers and body', async () => {
    await using server = await startModelServer();
    const { headers, body } = await ask({ url: server.url('rate-limited-reset'), format: 'openai-responses' });
    expect(headers.get('x-ratelimit-reset-requests')).toBe(`${RESET_AFTER_SECONDS}s`);
    expect(body).toMatchObject({ error: { type: 'usage_limit_reached', resets_in_seconds: RESET_AFTER_SECONDS } });
  });

  test('stands in Gemini’s details', async () => {
    await using server = await startModelServer();
    const { body } = await ask({ url: server.url('rate-limited-reset'), format: 'gemini' });
    expect(JSON.stringify(body)).toContain(`"retryDelay":"${RESET_AFTER_SECONDS}s"`);
  });

  test('is told by nobody for a plain limit', async () => {
    await using server = await startModelServer();
    const answers = await Promise.all(FORMATS.map((format) => ask({ url: server.url('rate-limited'), format })));
    for (const { headers, body } of answers) {
      expect(headers.get('retry-after')).toBeNull();
      expect(JSON.stringify(body)).not.toMatch(/reset|retryDelay/);
    }
  });
});

test('OpenAI’s stream fails when there is too much in it', async () => {
  await using server = await startModelServer();
  const { body } = await ask({ url: server.url('context-full'), format: 'openai-responses', stream: true });
  expect(body).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'context_length_exceeded' } },
  });
});

test.each([{ stream: true }, { stream: false }])('a refusal is the vendor’s own ($stream)', async ({ stream }) => {
  await using server = await startModelServer();
  const answers = await Promise.all(FORMATS.map((format) => ask({ url: server.url('refusal'), format, stream })));
  expect(answers.map(({ end }) => end)).toEqual(['refusal', 'refusal', 'content_filter', 'SAFETY']);
  for (const { text } of answers) expect(text).toBe('I cannot help with that.');
});

test.each(FORMATS)('%s is cut after some of the answer was sent', async (format) => {
  await using server = await startModelServer();
  const response = await post({ url: server.url('cut'), format, stream: true });
  expect(response.status).toBe(200);
  let received = '';
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) received += Buffer.from(chunk).toString('utf8');
  };
  await expect(read()).rejects.toThrow('terminated');
  expect(received).toContain('data: ');
  expect(received).not.toMatch(/message_stop|response\.completed|\[DONE\]|finishReason/);
});
