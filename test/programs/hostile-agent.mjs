// An agent that means harm, or is broken: `node hostile-agent.mjs WORD [NUMBER]` does what the word says.
import { readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [, , word, number] = process.argv;
const CHUNK = Buffer.alloc(1024 * 1024, 'x');

function write(bytes) {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Only in a pid namespace of its own: elsewhere it would end everything that its user has. */
function expectOwnNamespace() {
  const first = readFileSync('/proc/1/comm', 'utf8').trim();
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  if (first !== 'bwrap' || processes.length > 10)
    throw new Error('this program is for a pid namespace of its own only');
}

const behaviours = {
  nothing() {},
  /** So many megabytes without a line end. */
  endless() {
    for (let megabytes = 0; megabytes < Number(number); megabytes += 1) write(CHUNK);
    process.exitCode = 3;
  },
  /** Bytes that are no UTF-8, NUL, escapes that would rule a terminal, and the half of a JSON text. */
  gibberish() {
    write(Buffer.from([0x61, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x62, 0x0a, 0x78, 0x00, 0x79, 0x0a]));
    write(Buffer.from('\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b5n\r\n'));
    write(Buffer.from('{"type":"result","result":"\\ud83d'));
    process.stderr.write('\u001b[2J last \u0000 words \ufffe\n');
    process.exitCode = 3;
  },
  'many-files'() {
    for (let index = 0; index < Number(number); index += 1) writeFileSync(`file-${index}`, '');
  },
  /** Writes until nothing more fits, and ends as if all were well. */
  'fill-disk'() {
    try {
      for (let index = 0; ; index += 1) writeFileSync(`filler-${index}`, CHUNK);
    } catch {
      console.error('the disk is full');
    }
  },
  /** And works on as if nothing were. */
  async 'delete-git'() {
    rmSync('.git', { recursive: true, force: true });
    await import('./list-keeper.mjs');
  },
  'delete-own-folder'() {
    const folder = process.cwd();
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      console.error(`the folder itself stays: ${error.code}`);
    }
  },
  'kill-all'() {
    expectOwnNamespace();
    for (const pid of [process.ppid, 1, -1]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        console.error(`${pid} cannot be killed: ${error.code}`);
      }
    }
    console.error('everything else is dead');
  },
};
await behaviours[word]();
