// Writes `bytes` bytes as fast as the reader takes them: lines of `lineBytes` with their end, or one without end for 0.
import { writeSync } from 'node:fs';

const bytes = Number(process.argv[2]);
const lineBytes = Number(process.argv[3] ?? 0);
const chunk = Buffer.alloc(64 * 1024, 'x');
if (lineBytes > 0) for (let end = lineBytes - 1; end < chunk.length; end += lineBytes) chunk[end] = 10;
for (let written = 0; written < bytes;) {
  try {
    written += writeSync(1, chunk, 0, Math.min(chunk.length, bytes - written));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
