// Ignores SIGTERM, says `ready`, and never ends.
process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1_000_000);
process.stdout.write('ready\n');
