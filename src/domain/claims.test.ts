import { describe, expect, test } from 'vitest';
import { claimedPath, claimsOf } from './claims.ts';

const NONE = { plan: null, files: [], commits: [], branches: [] };

describe('claimsOf', () => {
  test('takes the fields of an answer, and those of JSON among the words', () => {
    const answer = { plan_path: 'specs/a.md', files_changed: ['src/a.ts', 7, 'src/b.ts'] };
    const claims = { ...NONE, plan: 'specs/a.md', files: ['src/a.ts', 'src/b.ts'] };
    expect(claimsOf({ output: 'Done.', answer })).toEqual(claims);
    expect(claimsOf({ output: `\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``, answer: null })).toEqual(claims);
    expect(claimsOf({ output: '', answer: { files_changed: null, plan_path: '' } })).toEqual(NONE);
  });

  test('takes the bullets below "Files changed:" up to what is none', () => {
    const report = [
      '**Files changed:**',
      '',
      '- `src/a b.ts`: the option',
      '* src/c.ts',
      '- test/c.test.ts (new)',
      '- src/old.ts: deleted',
      '- src/from.ts renamed to src/to.ts',
      '- and a few words',
      '',
      '- no/claim.ts',
    ].join('\n');
    expect(claimsOf({ output: report, answer: null }).files).toEqual(['src/a b.ts', 'src/c.ts', 'test/c.test.ts']);
  });

  test('takes lines that say nothing but a commit or a pushed branch', () => {
    const report = 'Done.\n\nCommit: `1234abc`\n**Pushed branch:** feat/x\nCommit message: feat: x';
    expect(claimsOf({ output: report, answer: null })).toEqual({ ...NONE, commits: ['1234abc'], branches: ['feat/x'] });
  });

  test.each([
    'I changed src/a.ts and wrote specs/a.md, see https://example.org/pull/3.',
    'Files changed: none',
    'The bug came with commit: 1234abc, which was pushed.',
    'Commit: nothing to commit',
    'Commit message: 1234abc',
    'Files changed:\n\nNothing.',
  ])('%j claims nothing', (output) => expect(claimsOf({ output, answer: null })).toEqual(NONE));
});

describe('claimedPath', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['src/a.ts', 'src/a.ts'],
    ['./src/a.ts', 'src/a.ts'],
    ['/work/tree/src/a.ts', 'src/a.ts'],
    ['src/', 'src'],
    ['/tmp/a.ts', null],
    ['~/a.ts', null],
    ['../a.ts', null],
    ['src/*.ts', null],
    ['https://example.org/a.ts', null],
    ['', null],
  ];
  test.each(cases)('%j is %j', (claim, path) => expect(claimedPath(claim, '/work/tree')).toBe(path));
});
