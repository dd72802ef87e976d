// Prints its environment and what it reads on its standard input as one line of JSON.
import { readFileSync } from 'node:fs';

process.stdout.write(`${JSON.stringify({ env: process.env, cwd: process.cwd(), stdin: readFileSync(0, 'utf8') })}\n`);
