import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startService } from '../../src/server.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

test('two services cannot share the folder of mirrors and working copies either', async () => {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(makeWorkPlace({ gated: false }));
  const temporaryDirectory = join(place.directory, 'sandboxes');
  const first = await startService(place.configuration({ temporaryDirectory }), { log: quietLog });
  const other = place.configuration({ temporaryDirectory, dataDirectory: join(place.directory, 'other') });
  await expect(startService(other, { log: quietLog })).rejects.toMatchObject({
    code: 'data_folder_in_use',
    message: expect.stringContaining(temporaryDirectory),
  });
  await first.stop();
  const second = await startService(other, { log: quietLog });
  await second.stop();
});
