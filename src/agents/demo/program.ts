/*
 * The demo agent: a program of its own, without a model. It takes a prompt on standard input, works by rule in the
 * folder it is started in, which must be the sample, says on standard error what it does (`activity.ts`), and answers on
 * standard output.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLine } from '../text.ts';
import type { ToolUse } from './activity.ts';
import { resultLine, toolLine } from './activity.ts';
import { applyChange } from './apply.ts';
import { changeFor } from './change.ts';
import { planMarkdown } from './plan.ts';
import { SAMPLE_FILES, SAMPLE_MARKER } from './sample-files.ts';
import type { Task } from './task.ts';
import { classOf, readTask } from './task.ts';

const directory = process.cwd();
const pace = Number(process.env['AWO_DEMO_PACE'] ?? '1');

/** Says what it is doing, and takes its time over it, so that a person can follow. */
async function doing(what: string, seconds: number): Promise<void> {
  process.stderr.write(`${what}\n`);
  if (pace > 0) await pause(seconds * pace * 1000);
}

/** Uses a tool: says so, takes its time, and tells what came of it. */
async function using<Result extends { readonly told: string }>(
  call: ToolUse,
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  await doing(toolLine(call), seconds);
  try {
    const result = await work();
    process.stderr.write(`${resultLine({ ok: true, text: result.told })}\n`);
    return result;
  } catch (error) {
    process.stderr.write(`${resultLine({ ok: false, text: messageOf(error) })}\n`);
    throw error;
  }
}

/** Reads a file as a tool: what it told is the file. */
function reading(path: string, seconds: number) {
  return using({ tool: 'read', summary: `reading ${path}`, input: { path } }, seconds, async () => ({
    told: await readFile(join(directory, path), 'utf8'),
  }));
}

async function classify({ request }: Task): Promise<string> {
  await doing('reading the request (demo agent: by rule, without a model)', 0.6);
  await doing('deciding what it asks for', 0.4);
  return `/${classOf(request)}`;
}

async function plan({ request, planPath }: Task): Promise<string> {
  if (planPath === null) throw new Error('the prompt names no plan file');
  await doing('reading the request', 0.4);
  const change = changeFor(request);
  for (const path of Object.keys(SAMPLE_FILES).filter((path) => path.startsWith('src/'))) {
    await reading(path, 0.4);
  }
  await using({ tool: 'write', summary: `writing ${planPath}`, input: { path: planPath } }, 0.8, async () => {
    await mkdir(dirname(join(directory, planPath)), { recursive: true });
    await writeFile(join(directory, planPath), planMarkdown({ change, request, requestClass: classOf(request) }));
    return { told: `${planPath} is written.` };
  });
  return `The plan is in ${planPath}. ${change.summary}`;
}

function findPlan({ planPath, changedFiles }: Task): Promise<string> {
  const path = changedFiles.find((file) => /^specs\/.*\.md$/.test(file)) ?? planPath;
  return Promise.resolve(path ?? 'none');
}

async function implement({ request, planPath }: Task): Promise<string> {
  if (planPath === null) throw new Error('the prompt names no plan file');
  await reading(planPath, 0.4);
  const change = changeFor(request);
  const files = new Set(change.edits.map((edit) => edit.path)).size;
  const { changed } = await applyChange({
    change,
    directory,
    onEdit: (path, write) =>
      using({ tool: 'edit', summary: `editing ${path}`, input: { path } }, 1.6 / files, async () => {
        await write();
        return { told: `${path} is changed.` };
      }),
  });
  const command = 'node --test';
  const { summary: tests } = await using(
    { tool: 'shell', summary: `running ${command}`, input: { command } },
    0.6,
    runTests,
  );
  await doing('writing the report', 0.4);
  if (!changed) return `${tests}\n\nNo change needed: the repository has this already (${change.title}).`;
  return [`${change.summary} Done by rule, without a model.`, tests, `Commit message:\n${change.commitMessage}`].join(
    '\n\n',
  );
}

/** Runs the sample's own tests; throws with their words when one fails. */
function runTests(): Promise<{ readonly told: string; readonly summary: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--test', '--test-reporter=tap'], { cwd: directory }, (error, stdout) => {
      const passed = /^# pass (\d+)$/m.exec(stdout)?.[1];
      const failed = /^# fail (\d+)$/m.exec(stdout)?.[1] ?? 'some';
      if (error === null && passed !== undefined)
        resolve({ told: stdout.trimEnd(), summary: `Ran node --test: ${passed} passed.` });
      else reject(new Error(`node --test: ${failed} failed; ${lastLine(stdout) ?? 'it said nothing'}`));
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const STEPS: Readonly<Record<string, (task: Task) => Promise<string>>> = {
  classify,
  plan,
  find_plan: findPlan,
  implement,
};

try {
  await access(join(directory, SAMPLE_MARKER)).catch(() => {
    throw new Error('this is not the sample repository, and the demo agent works on nothing else');
  });
  const step = STEPS[process.env['AWO_STEP'] ?? ''];
  if (!step) throw new Error(`the demo agent has no part in the step ${process.env['AWO_STEP'] ?? '(none)'}`);
  process.stdout.write(`${await step(readTask(await text(process.stdin)))}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
