// An agent that writes down when its process began, by the clock that all processes of a machine share, and gives up.
// Argument: the folder in which a file by the id of the work order gets the time in milliseconds.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const startedMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const file = join(process.argv[2], process.env.AWO_WORK_ORDER_ID);
writeFileSync(`${file}.new`, String(startedMs));
renameSync(`${file}.new`, file);
process.exitCode = 3;
