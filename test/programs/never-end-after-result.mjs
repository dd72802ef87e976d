// Gives its result and then never ends; with `end` it ends with exit code 3 when its result was read.
process.stdout.write('working\nresult\n', () => {
  if (process.argv[2] === 'end') process.exit(3);
});
setInterval(() => undefined, 1_000_000);
