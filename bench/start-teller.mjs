// An agent that says when its process began, by the clock that all processes of a machine share, and gives up: what it
// says last on its standard error stands in the message of its end, in milliseconds.
const startedMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
process.stderr.write(`${startedMs}\n`);
process.exitCode = 3;
