import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Redactor } from '../domain/redact.ts';
import { createLog } from './log.ts';

const VALUE = 'a "quoted" secret\nof two lines';

test.each(['json', 'pretty'] as const)('a secret in a message, a field or a stack is not written: %s', (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'awo-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'service.log');
  const redactor = new Redactor([{ name: 'MY_SECRET', value: VALUE }]);
  const log = createLog({ level: 'info', format, file, redactor });
  const cause = new Error(`in the cause: ${VALUE}`);
  log.info(`event ${VALUE}`, { field: { nested: VALUE }, err: new Error(`in the message: ${VALUE}`, { cause }) });
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('quoted');
  expect(text.split('[redacted MY_SECRET]').length).toBeGreaterThan(4);
  if (format === 'json') expect(JSON.parse(text)).toMatchObject({ field: { nested: '[redacted MY_SECRET]' } });
});
