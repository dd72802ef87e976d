// Answers each line of its input; at "stop" it says so and ends, at "hang" it reads on without an answer.
import { createInterface } from 'node:readline';

process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1000);
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') {
    console.log('stopped');
    process.exit(7);
  }
  if (line !== 'hang') console.log(`heard ${line}`);
}
console.log('input ended');
