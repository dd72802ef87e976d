// Bytes that are no UTF-8, a character in two writes, CR LF, NUL, and a last line without end.
import { writeSync } from 'node:fs';

writeSync(1, Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]));
writeSync(1, Buffer.from([0xe2, 0x82]));
writeSync(1, Buffer.from([0xac, 0x0d, 0x0a]));
writeSync(1, Buffer.from([0x78, 0x00, 0x79, 0x0a]));
writeSync(1, Buffer.from('the end'));
