import { join } from 'node:path';
import { apiOf } from '../test/suites/api.ts';
import { makeWorkPlace } from '../test/suites/work-place.ts';
import { createDisk } from './disk.ts';
import type { Benchmark } from './measure.ts';
import { figure, sharedClockMs } from './measure.ts';
import { serve } from './served.ts';

const WORK_ORDERS = 8;

interface SavedLine {
  readonly msg: string;
  readonly agent_work_order_id: string;
  readonly ms: number;
}

/** What writing the history costs a whole work order with an agent that answers at once: the worst case for its share. */
export const historyShare: Benchmark = {
  name: 'history-share',
  async run({ directory }) {
    using place = makeWorkPlace({ gated: false });
    using disk = createDisk(directory);
    const { agentCommand } = place.configuration();
    await using service = await serve({
      directory,
      flags: [
        '--data-dir',
        join(directory, 'data'),
        '--agent',
        'command',
        '--agent-command',
        agentCommand ?? '',
      ].concat(['--allow-local', place.directory]),
      environment: {
        AWO_LOG_LEVEL: 'info',
        AWO_LOG_FORMAT: 'json',
        AWO_SANDBOX_READABLE: place.readable.join(':'),
      },
    });
    const api = apiOf(service.url);
    const run = async (): Promise<{ readonly id: string; readonly tookMs: number; readonly texts: string[] }> => {
      const begunMs = sharedClockMs();
      const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
      const events = await api.untilEnd(id);
      const tookMs = sharedClockMs() - begunMs;
      const { outcome } = await api.workOrder(id);
      if (outcome !== 'branch_pushed') throw new Error(`the work order ended with ${outcome}`);
      return { id, tookMs, texts: events.map((event) => JSON.stringify(event)) };
    };

    // The first one fills the mirror.
    await run();
    const wholeMs: number[] = [];
    const writesMs: number[] = [];
    const share: number[] = [];
    const rawMs: number[] = [];
    let writes = 0;
    for (let round = 0; round < WORK_ORDERS; round += 1) {
      const { id, tookMs, texts } = await run();
      const eachMs: number[] = [];
      disk.appendEach(texts, eachMs);
      const saved = savedLines(service.log).filter((line) => line.agent_work_order_id === id);
      const savedMs = saved.reduce((sum, { ms }) => sum + ms, 0);
      writes = saved.length;
      wholeMs.push(tookMs);
      writesMs.push(savedMs);
      share.push((100 * savedMs) / tookMs);
      rawMs.push(eachMs.reduce((sum, ms) => sum + ms, 0));
    }
    return [
      figure({ name: 'a whole work order, POST to its last event', unit: 'ms', product: wholeMs }),
      figure({
        name: `its history writes together`,
        unit: 'ms',
        product: writesMs,
        peers: { 'raw append and fdatasync of the same events': rawMs },
        note: `${writes} events, by the ms of their step_history_saved lines; the agent of this work order answers at once`,
      }),
      figure({ name: 'the share of the history writes', unit: '%', product: share }),
    ];
  },
};

function savedLines(log: readonly string[]): readonly SavedLine[] {
  return log
    .filter((line) => line.startsWith('{'))
    .map((line): SavedLine => JSON.parse(line))
    .filter(({ msg }) => msg === 'step_history_saved');
}
