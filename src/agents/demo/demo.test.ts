import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { implementAnswerIn, planTitle, requestClassIn } from '../../domain/answers.ts';
import { createPromptSource } from '../../prompts/command-files.ts';
import { makeSampleRepository } from './sample.ts';
import { readActivity } from './read-activity.ts';
import { classOf, readTask } from './task.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));
const PLAN = 'specs/wo-abc-planner-x.md';
const prompts = createPromptSource({
  shippedDirectory: fileURLToPath(new URL('../../../commands', import.meta.url)),
  overrideDirectory: null,
});

let folder: string;
let remote: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-demo-'));
  remote = await makeSampleRepository({ directory: join(folder, 'demo') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await run('git', [...args], { cwd })).stdout.trim();
}

async function clone(name: string): Promise<string> {
  await git(folder, 'clone', '--quiet', remote, name);
  return join(folder, name);
}

/** Asks the program as the engine does: with the prompts that are shipped. */
async function ask(cwd: string, step: string, name: string, args: readonly string[]) {
  const prompt = await prompts.prompt({ name, args, readOverride: () => Promise.resolve(null) });
  const env = { PATH: process.env['PATH'], AWO_STEP: step, AWO_DEMO_PACE: '0' };
  const asked = run(process.execPath, [PROGRAM], { cwd, env });
  asked.child.stdin?.end(prompt);
  return asked;
}

describe('the sample repository', () => {
  test('is the same everywhere, and made once', async () => {
    const other = await makeSampleRepository({ directory: join(folder, 'other') });
    const commit = await git(remote, 'rev-parse', 'main');
    expect(await git(other, 'rev-parse', 'main')).toBe(commit);
    await git(other, 'branch', 'kept', 'main');
    expect(await makeSampleRepository({ directory: join(folder, 'other') })).toBe(other);
    expect(await git(other, 'branch', '--list', 'kept')).toContain('kept');
  });

  test('is whole for every one of many callers at once, and nothing is left over', async () => {
    const directory = join(folder, 'many');
    const made = await Promise.all(Array.from({ length: 5 }, () => makeSampleRepository({ directory })));
    expect(new Set(made)).toEqual(new Set([join(directory, 'greeter.git')]));
    expect(await readdir(directory)).toEqual(['greeter.git']);
    expect(await git(join(directory, 'greeter.git'), 'fsck', '--strict')).toBe('');
  });

  test('has tests that pass', async () => {
    const copy = await clone('tests');
    await expect(run(process.execPath, ['--test'], { cwd: copy })).resolves.toBeDefined();
  });
});

describe('a request is carried out by rule', () => {
  const cases = [
    {
      request: 'Add a --shout option to the greeter',
      requestClass: 'feature',
      changed: ['README.md', 'src/cli.js', 'src/greet.js', 'test/greet.test.js'],
      subject: 'feat: add a --shout option',
      works: { args: ['--shout', 'Ada'], says: 'HELLO, ADA!\n' },
    },
    {
      request: 'Fix: called without a name it says "Hello, !"',
      requestClass: 'bug',
      changed: ['src/greet.js', 'test/greet.test.js'],
      subject: 'fix: greet the world when there is no name',
      works: { args: [], says: 'Hello, world!\n' },
    },
    {
      request: 'make $1 tea\nwith </request> milk',
      requestClass: 'chore',
      changed: ['NOTES.md'],
      subject: 'chore: note a request',
      works: { args: ['Ada'], says: 'Hello, Ada!\n' },
    },
  ] as const;

  test.each(cases)('$subject', async ({ request, requestClass, changed, subject, works }) => {
    const copy = await clone(requestClass);
    const classified = await ask(copy, 'classify', 'classifier', [request, 'none']);
    expect(requestClassIn(classified.stdout)).toBe(requestClass);
    expect(await git(copy, 'status', '--porcelain')).toBe('');

    const planned = await ask(copy, 'plan', `planner_${requestClass}`, [request, 'none', PLAN]);
    expect(planned.stdout).toContain(PLAN);
    expect(await git(copy, 'status', '--porcelain', '--untracked-files=all')).toBe(`?? ${PLAN}`);
    const plan = await readFile(join(copy, PLAN), 'utf8');
    expect(planTitle(plan)).toBeTruthy();

    const found = await ask(copy, 'find_plan', 'plan_finder', ['no path here', `README.md\n${PLAN}`]);
    expect(found.stdout).toBe(`${PLAN}\n`);

    const head = await git(copy, 'rev-parse', 'HEAD');
    const done = await ask(copy, 'implement', 'implementor', [PLAN, plan, request]);
    expect(done.stdout).toMatch(/Ran node --test: \d passed\./);
    expect(implementAnswerIn(done.stdout).commit_message?.split('\n')[0]).toBe(subject);
    expect(implementAnswerIn(done.stdout).no_change_reason).toBeNull();
    const activities = done.stderr.split('\n').map(readActivity);
    const summary = `editing ${changed[0] === 'README.md' ? 'src/cli.js' : changed[0]}`;
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'tool_call', tool: 'edit', summary }));
    expect(activities).toContainEqual({ kind: 'tool_result', ok: true, text: expect.stringContaining('# pass') });
    await git(copy, 'add', '--all', '--', ':!specs');
    expect(await git(copy, 'diff', '--cached', '--name-only')).toBe(changed.join('\n'));
    expect(await git(copy, 'rev-parse', 'HEAD')).toBe(head);
    const { stdout } = await run(process.execPath, ['src/cli.js', ...works.args], { cwd: copy });
    expect(stdout).toBe(works.says);

    const again = await ask(copy, 'implement', 'implementor', [PLAN, plan, request]);
    expect(implementAnswerIn(again.stdout).no_change_reason).toContain('has this already');
    expect(await git(copy, 'diff', '--name-only')).toBe('');
  });

  test('a test that fails fails the step', async () => {
    const copy = await clone('failing');
    const path = join(copy, 'test', 'other.test.js');
    await writeFile(path, "import { test } from 'node:test';\ntest('no', () => { throw new Error('no'); });\n");
    await ask(copy, 'plan', 'planner_chore', ['tea', 'none', PLAN]);
    await expect(ask(copy, 'implement', 'implementor', [PLAN, 'plan', 'tea'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('node --test: 1 failed'),
    });
  });

  test('a working copy without the marker is left alone', async () => {
    const copy = await clone('foreign');
    await rm(join(copy, '.awo-sample'));
    await expect(ask(copy, 'plan', 'planner_chore', ['tea', 'none', PLAN])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is not the sample repository'),
    });
    expect(await readdir(copy)).not.toContain('specs');
  });
});

describe('a task read from a prompt', () => {
  test('a plan file outside of the working copy is not taken', () => {
    const paths = ['../evil.md', '/etc/evil.md', '.git/hooks/x', 'a/../../b.md', 'a\nb.md'];
    const taken = paths.filter((path) => readTask(`<plan_file>${path}</plan_file>`).planPath !== null);
    expect(taken).toEqual([]);
  });

  test('without tags the whole prompt is the request', () => {
    expect(readTask('write specs/a.md for me\n')).toMatchObject({
      request: 'write specs/a.md for me',
      planPath: 'specs/a.md',
    });
  });

  test.each([
    ['Fix the crash in the new option', 'bug'],
    ['Support other languages', 'feature'],
    ['Rename the folder', 'chore'],
    ['tea', 'chore'],
  ])('%j is a %s', (request, requestClass) => {
    expect(classOf(request)).toBe(requestClass);
  });
});
