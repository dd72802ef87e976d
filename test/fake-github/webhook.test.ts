import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../suites/git-fixtures.ts';
import { startFakeGithub } from './server.ts';
import { webhookOf } from './webhook.ts';

test('the webhooks of the fake are as GitHub describes them', async () => {
  await using folder = await temporaryFolder();
  await using github = await startFakeGithub({ directory: join(folder.path, 'github') });
  const engine = await github.addRepository('engine');
  const issue = engine.addIssue({ title: 'Dark', body: 'Please.' });
  webhookOf(github, engine, { by: 'ada', issue, label: 'work-order' }, 'secret');
  webhookOf(github, engine, { by: 'ada', issue, comment: '/work-order' }, 'secret');
  expect(github.violations).toEqual([]);
  webhookOf(github, engine, { by: 7 as never, issue, label: 'work-order' }, 'secret');
  expect(github.violations).toEqual([expect.stringContaining('body/sender/login must be string')]);
});
