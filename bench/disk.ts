import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What the disk allows at best: the same bytes, written without a store around them. */
export interface Disk extends Disposable {
  /** One flush for each text; `eachMs` is given what each took. */
  appendEach(texts: readonly string[], eachMs?: number[]): void;
  /** One flush for so many: the best that any sharing of flushes could do. */
  appendTogether(texts: readonly string[], size: number): void;
  /** One transaction for each text, flushed as the product's are. */
  insertEach(texts: readonly string[], eachMs?: number[]): void;
  insertTogether(texts: readonly string[], size: number): void;
}

export function createDisk(directory: string): Disk {
  const file = openSync(join(directory, 'raw.log'), 'a');
  const database = new DatabaseSync(join(directory, 'bare.db'));
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  database.exec('create table events (position integer primary key, data text not null)');
  const insert = database.prepare('insert into events (data) values (?)');
  return {
    appendEach: (texts, eachMs) =>
      each(texts, eachMs, (text) => {
        writeSync(file, text);
        fdatasyncSync(file);
      }),
    appendTogether: (texts, size) =>
      each(groups(texts, size), undefined, (group) => {
        writeSync(file, group.join(''));
        fdatasyncSync(file);
      }),
    insertEach: (texts, eachMs) => each(texts, eachMs, (text) => insert.run(text)),
    insertTogether: (texts, size) =>
      each(groups(texts, size), undefined, (group) => {
        database.exec('begin immediate');
        for (const text of group) insert.run(text);
        database.exec('commit');
      }),
    [Symbol.dispose]() {
      database.close();
      closeSync(file);
    },
  };
}

function each<Item>(items: readonly Item[], eachMs: number[] | undefined, write: (item: Item) => unknown): void {
  for (const item of items) {
    const begunMs = performance.now();
    write(item);
    eachMs?.push(performance.now() - begunMs);
  }
}

function groups<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
