import { join } from 'node:path';
import { createDisk } from './disk.ts';
import type { Benchmark } from './measure.ts';
import { alternate, atLeast, figure } from './measure.ts';
import type { Writer } from './step-store.ts';
import { createStepStore } from './step-store.ts';

const ROUNDS = 12;
/** Work orders of one round, one after the other; each writes 14 records: start and end of seven steps. */
const ONE_BY_ONE = 12;
const AT_ONCE = 50;
const WORK_ORDERS_BEFORE = 10_000;

/** How many records of steps are durable in a second, beside what the disk and bare SQLite allow. */
export const stepWrites: Benchmark = {
  name: 'step-writes',
  async run({ directory }) {
    await using empty = await createStepStore(join(directory, 'empty.db'));
    await using full = await createStepStore(join(directory, 'full.db'));
    using disk = createDisk(directory);
    await full.fill(WORK_ORDERS_BEFORE);

    const one = series();
    const many = series();
    const append = { one: [] as number[], raw: [] as number[], sqlite: [] as number[] };
    await alternate(ROUNDS, [
      async () => {
        const work = await empty.prepare(ONE_BY_ONE, 'append');
        one.append.push(await rate(work.records, () => inTurn(work.writers, append.one)));
      },
      async () => {
        const work = await empty.prepare(ONE_BY_ONE, 'writer');
        one.writer.push(await rate(work.records, () => inTurn(work.writers)));
      },
      async () => {
        const work = await full.prepare(ONE_BY_ONE, 'append');
        one.full.push(await rate(work.records, () => inTurn(work.writers)));
      },
      async () => {
        const { texts } = await empty.prepare(ONE_BY_ONE, 'append');
        one.raw.push(await rate(texts.length, () => disk.appendEach(texts, append.raw)));
      },
      async () => {
        const { texts } = await empty.prepare(ONE_BY_ONE, 'append');
        one.sqlite.push(await rate(texts.length, () => disk.insertEach(texts, append.sqlite)));
      },
    ]);
    await alternate(ROUNDS, [
      async () => {
        const work = await empty.prepare(AT_ONCE, 'append');
        many.append.push(await rate(work.records, () => atOnce(work.writers)));
      },
      async () => {
        const work = await empty.prepare(AT_ONCE, 'writer');
        many.writer.push(await rate(work.records, () => atOnce(work.writers)));
      },
      async () => {
        const work = await full.prepare(AT_ONCE, 'append');
        many.full.push(await rate(work.records, () => atOnce(work.writers)));
      },
      async () => {
        const { texts } = await empty.prepare(AT_ONCE, 'append');
        many.raw.push(await rate(texts.length, () => disk.appendEach(texts)));
      },
      async () => {
        const { texts } = await empty.prepare(AT_ONCE, 'append');
        many.rawTogether.push(await rate(texts.length, () => disk.appendTogether(texts, AT_ONCE)));
      },
      async () => {
        const { texts } = await empty.prepare(AT_ONCE, 'append');
        many.sqlite.push(await rate(texts.length, () => disk.insertEach(texts)));
      },
      async () => {
        const { texts } = await empty.prepare(AT_ONCE, 'append');
        many.sqliteTogether.push(await rate(texts.length, () => disk.insertTogether(texts, AT_ONCE)));
      },
    ]);

    const rates = { unit: 'writes/s', better: 'higher' } as const;
    const raw = 'raw append and fdatasync';
    const onePeers = { [raw]: one.raw, 'bare node:sqlite': one.sqlite };
    const manyPeers = {
      [raw]: many.raw,
      [`the same, one flush for ${AT_ONCE}`]: many.rawTogether,
      'bare node:sqlite': many.sqlite,
      [`the same, one commit for ${AT_ONCE}`]: many.sqliteTogether,
    };
    const rawAim = atLeast(0.7, raw);
    const sameAim = atLeast(0.9, 'the empty store');
    const before = `${WORK_ORDERS_BEFORE} work orders`;
    return [
      figure({ name: '1 work order, store.append', ...rates, product: one.append, peers: onePeers, aim: rawAim }),
      figure({ name: '1 work order, HistoryWriter', ...rates, product: one.writer, peers: onePeers, aim: rawAim }),
      figure({
        name: '1 work order, one store.append takes',
        unit: 'ms',
        product: append.one,
        peers: { [raw]: append.raw, 'bare node:sqlite': append.sqlite },
      }),
      figure({
        name: `1 work order, in a store of ${before}`,
        ...rates,
        product: one.full,
        peers: { 'the empty store': one.append },
        aim: sameAim,
      }),
      figure({
        name: `${AT_ONCE} at once, store.append`,
        ...rates,
        product: many.append,
        peers: manyPeers,
        aim: rawAim,
      }),
      figure({
        name: `${AT_ONCE} at once, HistoryWriter`,
        ...rates,
        product: many.writer,
        peers: manyPeers,
        aim: rawAim,
      }),
      figure({
        name: `${AT_ONCE} at once, in a store of ${before}`,
        ...rates,
        product: many.full,
        peers: { 'the empty store': many.append },
        aim: sameAim,
      }),
    ];
  },
};

function series() {
  const empty = (): number[] => [];
  return {
    append: empty(),
    writer: empty(),
    full: empty(),
    raw: empty(),
    rawTogether: empty(),
    sqlite: empty(),
    sqliteTogether: empty(),
  };
}

async function inTurn(writers: readonly Writer[], eachMs?: number[]): Promise<void> {
  for (const write of writers) {
    for (;;) {
      const begunMs = performance.now();
      if (!(await write())) break;
      eachMs?.push(performance.now() - begunMs);
    }
  }
}

async function atOnce(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => inTurn([writer])));
}

async function rate(records: number, work: () => Promise<void> | void): Promise<number> {
  const begunMs = performance.now();
  await work();
  return (records * 1_000) / (performance.now() - begunMs);
}
