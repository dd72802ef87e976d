import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPromptSource, fillPlaceholders } from './command-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-prompts-'));
  for (const name of ['shipped', 'override']) await mkdir(join(folder, name));
  for (const name of ['classifier', 'implementor', 'planner_bug']) {
    await writeFile(join(folder, 'shipped', `${name}.md`), `shipped ${name}: $1`);
  }
  await writeFile(join(folder, 'override', 'implementor.md'), '\uFEFFoverride: $ARGUMENTS');
  await writeFile(join(folder, 'override', 'planner_bug.md'), ' \n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nothing = (): Promise<null> => Promise.resolve(null);
const source = (overrideDirectory: string | null = null) =>
  createPromptSource({ shippedDirectory: join(folder, 'shipped'), overrideDirectory });

describe('which file is taken', () => {
  test('the shipped one where nothing else is there', async () => {
    const asked: string[] = [];
    const readOverride = (path: string): Promise<null> => {
      asked.push(path);
      return Promise.resolve(null);
    };
    const prompt = await source().prompt({ name: 'classifier', args: ['a request'], readOverride });
    expect(prompt).toBe('shipped classifier: a request');
    expect(asked).toEqual(['.agent-work-orders/commands/classifier.md']);
  });

  test('the override folder goes before the shipped one, file by file', async () => {
    const prompts = source(join(folder, 'override'));
    expect(await prompts.prompt({ name: 'implementor', args: ['a', 'b'], readOverride: nothing })).toBe(
      'override: a\n\nb',
    );
    expect(await prompts.prompt({ name: 'classifier', args: ['a'], readOverride: nothing })).toBe(
      'shipped classifier: a',
    );
  });

  test('the target repository goes before both', async () => {
    const readOverride = (): Promise<string> => Promise.resolve('repository: $2');
    const prompts = source(join(folder, 'override'));
    expect(await prompts.prompt({ name: 'implementor', args: ['a', 'b'], readOverride })).toBe('repository: b');
  });

  test('an override folder that does not exist changes nothing', async () => {
    const prompts = source(join(folder, 'absent'));
    expect(await prompts.prompt({ name: 'classifier', args: [''], readOverride: nothing })).toBe(
      'shipped classifier: ',
    );
  });
});

describe('prompt_missing names the file', () => {
  test.each([
    ['absent', 'planner_chore', nothing, /shipped.planner_chore\.md does not exist/],
    ['empty', 'planner_bug', nothing, /override.planner_bug\.md is empty/],
    [
      'empty in the repository',
      'classifier',
      () => Promise.resolve('\n'),
      /\.agent-work-orders\/commands\/classifier\.md of the target repository is empty/,
    ],
    ['of an unsafe name', '../secret', nothing, /not the name of a prompt/],
  ])('%s', async (_case, name, readOverride, message) => {
    await expect(source(join(folder, 'override')).prompt({ name, args: [], readOverride })).rejects.toThrow(
      expect.objectContaining({ code: 'prompt_missing', message: expect.stringMatching(message) }),
    );
  });
});

describe('placeholders', () => {
  test.each([
    ['$1 and $2', ['a', 'b'], 'a and b'],
    ['$10', ['a'], 'a0'],
    ['$3', ['a'], ''],
    ['$0 $HOME $$ $', ['a'], '$0 $HOME $$ $'],
    ['$1 $2', ['$2', '$ARGUMENTS'], '$2 $ARGUMENTS'],
    ['$1', ["$& $' $`"], "$& $' $`"],
    ['$ARGUMENTS', ['a', '$1'], 'a\n\n$1'],
  ])('%j with %j', (template, args, filled) => {
    expect(fillPlaceholders(template, args)).toBe(filled);
  });

  test('any argument comes out as it went in', () => {
    const tricky = fc.oneof(fc.string(), fc.constantFrom('$1', '$2', '$ARGUMENTS', '$&', '$$'));
    fc.assert(
      fc.property(tricky, tricky, (first, second) => {
        expect(fillPlaceholders('<$1|$2>', [first, second])).toBe(`<${first}|${second}>`);
      }),
    );
  });
});

test('the shipped prompts are those of the workflow, and use their arguments', async () => {
  const shippedDirectory = fileURLToPath(new URL('../../commands', import.meta.url));
  const prompts = createPromptSource({ shippedDirectory, overrideDirectory: null });
  const uses = {
    classifier: 2,
    implementor: 3,
    plan_finder: 2,
    planner_bug: 3,
    planner_chore: 3,
    planner_feature: 3,
  };
  expect((await readdir(shippedDirectory)).toSorted()).toEqual(Object.keys(uses).map((name) => `${name}.md`));
  for (const [name, count] of Object.entries(uses)) {
    const args = Array.from({ length: count }, (_, index) => `(argument ${index + 1})`);
    const prompt = await prompts.prompt({ name, args, readOverride: nothing });
    for (const argument of args) expect(prompt).toContain(argument);
    expect(prompt).not.toMatch(/\$(?:ARGUMENTS|\d)/);
  }
});
