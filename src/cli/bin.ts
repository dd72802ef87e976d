#!/usr/bin/env node
/*
 * The published commands start here. Everything else is loaded after the check, because an older Node could not even
 * read it.
 */
const NEEDED = 24;
const found = process.versions.node;

if (Number.parseInt(found, 10) >= NEEDED) void import('./main.ts');
else {
  process.stderr.write(
    `awo: Agent Work Orders needs Node ${NEEDED} or newer, and this is Node ${found}.\n` +
      `Next: install it from https://nodejs.org or with your version manager, then try again.\n`,
  );
  process.exitCode = 1;
}
