import { buildPageIfStale } from './page.ts';

/** `npm run awo`: the command line from the sources. A service needs the page, which `npm ci` does not build. */
if (process.argv[2] === 'serve') await buildPageIfStale();
await import('../src/cli/main.ts');
