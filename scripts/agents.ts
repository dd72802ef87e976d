import { AGENT_PROGRAMS, agentProgram } from '../test/agents/programs.ts';
import { installAgentPrograms } from './install-agents.ts';

/*
 * `npm run agents`: installs the agent programs that the tests run, and shows where they lie. `-- --more` takes those of
 * the longer run too.
 */

const { missing } = installAgentPrograms({ more: process.argv.includes('--more') });
for (const name of AGENT_PROGRAMS) {
  const program = agentProgram(name);
  console.log(program.missing === null ? `${name} ${program.version}: ${program.file}` : `${name}: ${program.missing}`);
}
process.exitCode = missing.length === 0 ? 0 : 1;
