import { describe, expect, test } from 'vitest';
import { diedOfMemory, memoryKills } from './out-of-memory.ts';

const end = { reason: 'exited', exitCode: null, signal: null, stderrTail: '' } as const;
const SAME = { before: 3, after: 3 };
const ONE_MORE = { before: 3, after: 4 };
const HEAP =
  '<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0x9';

describe('a program has died of lack of memory', () => {
  test.each([
    ['killed, and the kernel counts one more', { ...end, signal: 'SIGKILL' }, ONE_MORE],
    ['killed below a shell, and the kernel counts one more', { ...end, exitCode: 137 }, ONE_MORE],
    ['Node', { ...end, signal: 'SIGABRT', stderrTail: HEAP }, SAME],
    ['Node below a shell', { ...end, exitCode: 134, stderrTail: HEAP }, SAME],
    ['Rust', { ...end, signal: 'SIGABRT', stderrTail: 'memory allocation of 99 bytes failed' }, SAME],
    ['Go', { ...end, exitCode: 2, stderrTail: 'fatal error: runtime: out of memory\n\ngoroutine 1' }, SAME],
  ])('%s', (_who, died, kills) => expect(diedOfMemory(died, kills)).not.toBeNull());
});

describe('nothing says that it was memory', () => {
  test.each([
    ['killed by somebody', { ...end, signal: 'SIGKILL' }, SAME],
    ['killed where nothing can be counted', { ...end, signal: 'SIGKILL' }, { before: null, after: null }],
    ['ended by a limit of ours', { ...end, reason: 'total' as const, signal: 'SIGKILL' }, ONE_MORE],
    ['ended well while another one was killed', { ...end, exitCode: 0 }, ONE_MORE],
    ['failed after a tool of it had no memory', { ...end, exitCode: 1, stderrTail: HEAP }, SAME],
    ['speaks of it', { ...end, signal: 'SIGABRT', stderrTail: 'no heap out of memory' }, SAME],
  ])('%s', (_who, died, kills) => expect(diedOfMemory(died, kills)).toBeNull());
});

test.runIf(process.platform === 'linux')('what the kernel has killed can be counted', async () => {
  expect(await memoryKills()).toBeGreaterThanOrEqual(0);
});
