// Says three lines, on both streams, and then nothing more.
process.stdout.write('one\n');
process.stderr.write('two\n');
process.stdout.write('three\n');
setInterval(() => undefined, 1_000_000);
