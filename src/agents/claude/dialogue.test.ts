import { expect, test } from 'vitest';
import { createClaudeDialogue } from './dialogue.ts';

/** What a conversation writes, and whether its input is still open. */
function conversation(prompt = 'do it') {
  const dialogue = createClaudeDialogue({ prompt });
  const lines: unknown[] = [];
  let open = true;
  const begin = (): void =>
    dialogue.begin({ write: (text) => lines.push(JSON.parse(text)), end: () => void (open = false) });
  return { dialogue, begin, lines, isOpen: () => open };
}

test('it begins with the prompt, and is open until the result is there', () => {
  const { dialogue, begin, lines, isOpen } = conversation('first\nsecond');
  begin();
  expect(lines).toMatchObject([
    { type: 'control_request', request: { subtype: 'initialize' } },
    { type: 'user', message: { role: 'user', content: [{ type: 'text', text: 'first\nsecond' }] } },
  ]);
  expect(isOpen()).toBe(true);
  dialogue.end();
  expect(isOpen()).toBe(false);
});

test('answers name the request that they are for', () => {
  const { dialogue, begin, lines } = conversation();
  begin();
  lines.length = 0;
  dialogue.answer({ requestId: 'a', input: { command: 'ls' }, answer: { allowed: true } });
  dialogue.answer({ requestId: 'b', input: {}, answer: { allowed: false, message: 'no' } });
  dialogue.refuse('c');
  dialogue.interrupt();
  expect(lines).toMatchObject([
    {
      response: {
        subtype: 'success',
        request_id: 'a',
        response: { behavior: 'allow', updatedInput: { command: 'ls' } },
      },
    },
    { response: { subtype: 'success', request_id: 'b', response: { behavior: 'deny', message: 'no' } } },
    { response: { subtype: 'error', request_id: 'c' } },
    { type: 'control_request', request: { subtype: 'interrupt' } },
  ]);
});

test('an interrupt before it has begun does nothing', () => {
  const { dialogue, lines } = conversation();
  dialogue.interrupt();
  dialogue.end();
  expect(lines).toEqual([]);
});
