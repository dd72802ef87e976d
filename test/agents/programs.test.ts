import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { AGENT_PROGRAMS, agentProgram } from './programs.ts';

// Each program is started once, and some take seconds for that.
test.each(AGENT_PROGRAMS)('%s answers with the version that is pinned', async (name) => {
  const program = agentProgram(name);
  // Not a failure of this test: the run of the tests itself says what could not be installed.
  if (program.missing !== null) return expect(program.missing).toMatch(/\w+/);
  const home = await mkdtemp(join(tmpdir(), 'awo-agent-'));
  try {
    const env = { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: home, TMPDIR: home };
    for (const file of new Set([program.file, program.native ?? program.file])) {
      expect(isAbsolute(file)).toBe(true);
      const { stdout } = await promisify(execFile)(file, ['--version'], { env });
      expect(stdout, file).toContain(program.version);
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
