// Says `ready`; on SIGTERM it says `goodbye` and ends with exit code 7.
setInterval(() => undefined, 1_000_000);
process.on('SIGTERM', () => process.stdout.write('goodbye\n', () => process.exit(7)));
process.stdout.write('ready\n');
