// Takes memory until it has none left; the first argument is a control group that it enters before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [group] = process.argv.slice(2);
if (group) writeFileSync(join(group, 'cgroup.procs'), `${process.pid}`);
console.error('eating');
const eaten = [];
for (;;) eaten.push(group ? Buffer.alloc(1_000_000, 1) : Array.from({ length: 10_000 }, Math.random));
