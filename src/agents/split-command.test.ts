import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommand } from './split-command.ts';

describe('a command line is split with shell quoting', () => {
  test.each([
    ['my-agent --fast', ['my-agent', '--fast']],
    ['  my-agent\t a \n b ', ['my-agent', 'a', 'b']],
    [`run 'a b' "c d" e\\ f`, ['run', 'a b', 'c d', 'e f']],
    [`a'b'"c"d`, ['abcd']],
    [`'' ""`, ['', '']],
    [`"a \\" \\\\ \\$x \\n"`, ['a " \\ $x \\n']],
    [`'a \\ b'`, ['a \\ b']],
    ['a\\\nb', ['ab']],
    ['$HOME *.md ~ a|b; #c `d` $(e)', ['$HOME', '*.md', '~', 'a|b;', '#c', '`d`', '$(e)']],
    ['', []],
  ])('%j', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  test.each([`a 'b`, `a "b`, 'a\\', `"a\\"`])('%j is refused', (line) => {
    expect(() => splitCommand(line)).toThrow(
      expect.objectContaining({
        code: 'configuration_invalid',
        message: expect.stringMatching(/inside a (single quote|double quote|backslash) that begins at character \d/),
      }),
    );
  });

  test('any words survive single quoting', () => {
    const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitCommand(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  test('a real shell reads the same words where nothing is expanded', () => {
    const character = fc.constantFrom('a', 'b', ' ', "'", '"', '\\', '-', '=');
    const lines = fc.sample(fc.string({ unit: character, maxLength: 12 }), { numRuns: 300, seed: 7 }).filter((line) => {
      try {
        return splitCommand(line).length > 0;
      } catch {
        return false;
      }
    });
    expect(lines.length).toBeGreaterThan(50);
    const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\1'`).join('\n');
    const said = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
    const words = said.split('\u0001').slice(0, -1);
    expect(words.map((text) => text.split('\0').slice(0, -1))).toEqual(lines.map((line) => splitCommand(line)));
  });
});
