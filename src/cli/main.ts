#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Runs one command; resolves with the exit code of the program. */
async function main(args: readonly string[]): Promise<number> {
  const { CommanderError } = await import('commander');
  try {
    const { createProgram } = await import('./program.ts');
    const program = await createProgram(args, readVersion);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said what was wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { errorJson, errorText } = await import('./errors.ts');
    const { Redactor } = await import('../domain/redact.ts');
    const { secretsIn } = await import('../domain/secrets.ts');
    const text = args.includes('--json') ? errorJson(error) : errorText(error);
    process.stderr.write(new Redactor(secretsIn(process.env)).text(text));
    return 1;
  }
}

async function readVersion(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version?: unknown } = JSON.parse(text);
  return typeof version === 'string' ? version : 'unknown';
}

/** The user's own folder: in a shared temporary one somebody else could plant code. */
function compileCache(): string {
  const { XDG_CACHE_HOME: named } = process.env;
  const usual = join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(named ? resolve(named) : usual, 'agent-work-orders', 'compiled');
}

// A reader that has seen enough (`awo logs … | head`) is no error; there is nobody left to tell anything.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(Number(process.exitCode ?? 0));
    throw error;
  });
}

// The rest is imported after this: loading the service from source takes a third of the time from the second start on.
enableCompileCache(compileCache());
const code = await main(process.argv.slice(2));
// Ends also when a library has left a socket or a timer open; what was written is out by then.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
