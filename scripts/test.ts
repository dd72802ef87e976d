import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../test/page/chromium.ts';
import { installAgentPrograms } from './install-agents.ts';

/*
 * `npm test`: everything. Prints what it could not run and how to get it; the last line is `N passed, N failed`, where
 * a test that could not run for a missing part counts as failed in CI, and nothing passed at all is an error.
 * `npm run test:agents:all`: the tests of the real agent programs alone, the large and slow ones among them.
 */

const inCi = process.env['CI'] === 'true';
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'all-agents': { type: 'boolean', default: false } },
});
const allAgents = options['all-agents'];

/** What a test needs beyond npm. It is installed in CI only, never on somebody's laptop. */
const PARTS = [
  {
    name: 'bubblewrap',
    present: () =>
      succeeds('bwrap', ['--unshare-pid', '--die-with-parent', '--bind', '/', '/', '--proc', '/proc', 'true']),
    debianPackage: 'bubblewrap',
    without: 'the tests of confinement by bubblewrap',
  },
  {
    name: 'ssh-keygen',
    present: () => succeeds('sh', ['-c', 'command -v ssh-keygen']),
    debianPackage: 'openssh-client',
    without: 'the tests of signed commits',
  },
  {
    name: 'Chromium',
    present: () => findChromium() !== null,
    debianPackage: 'chromium',
    without: 'the tests of the page in a browser',
  },
];

for (const part of PARTS) {
  if (part.present()) continue;
  if (inCi && process.getuid?.() === 0) install(part.debianPackage);
  if (part.present()) continue;
  console.error(`${part.name} is missing or not usable, so that ${part.without} cannot run.`);
  console.error(`  To get it on Debian and Ubuntu: sudo apt-get install ${part.debianPackage}`);
}

const CHECKS: readonly (readonly [string, ...string[]])[] = [
  ['oxfmt', '--check'],
  ['oxlint'],
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'web'],
  ['knip'],
];
for (const { name, reason } of installAgentPrograms({ more: allAgents }).missing) {
  console.error(`${name} is missing, so that the tests with it cannot run: ${reason}`);
}

const failedChecks = (allAgents ? [] : CHECKS).filter(([program, ...args]) => {
  console.error(`> ${[program, ...args].join(' ')}`);
  return !run(program, args);
});

const results = mkdtempSync(join(tmpdir(), 'awo-test-'));
const report = join(results, 'report.json');
const projects = allAgents ? ['agents', 'more-agents'] : ['quick', 'web', 'whole', 'page', 'agents'];
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...projects.map((project) => `--project=${project}`),
  ...positionals,
];
const testsSucceeded = run('vitest', args);
const counts = readCounts(report);
rmSync(results, { recursive: true });

const failed = failedChecks.length + counts.failed + (inCi ? counts.pending : 0);
const passed = (allAgents ? 0 : CHECKS.length) - failedChecks.length + counts.passed;
for (const [program] of failedChecks) console.log(`failed: ${program}`);
if (counts.pending > 0)
  console.log(`${counts.pending} tests could not run here${inCi ? ', which counts as failed' : ''}.`);
if (counts.passed === 0) console.log('No test has passed: that is an error.');
console.log(`${passed} passed, ${Math.max(failed, testsSucceeded && counts.passed > 0 ? failed : 1)} failed`);
process.exitCode = failed === 0 && testsSucceeded && counts.passed > 0 ? 0 : 1;

function readCounts(file: string): { readonly passed: number; readonly failed: number; readonly pending: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    // A file that cannot even be loaded has no failed test, but is a failed suite.
    const failedTests = Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0);
    return { passed: numPassedTests, failed: failedTests, pending: numPendingTests + numTodoTests };
  } catch (error) {
    console.error(`The report of the tests cannot be read: ${String(error)}`);
    return { passed: 0, failed: 1, pending: 0 };
  }
}

function install(debianPackage: string): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const command of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', debianPackage],
  ]) {
    spawnSync('apt-get', command, { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
  }
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function run(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
}
