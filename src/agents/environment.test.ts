import { describe, expect, test } from 'vitest';
import { programPath } from './environment.ts';

describe('the PATH of an agent', () => {
  test('has nothing of what npm puts before it, and no folder of the target repository', () => {
    const PATH = [
      '/app/node_modules/.bin',
      '/node_modules/.bin/',
      '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
      '',
      '.',
      'bin',
      '/opt/node_modules/tool/bin',
      '/usr/bin',
    ].join(':');
    expect(programPath({ PATH })).toBe('/opt/node_modules/tool/bin:/usr/bin');
  });

  test('is a standard one where nothing is left', () => {
    expect(programPath({})).toBe('/usr/local/bin:/usr/bin:/bin');
    expect(programPath({ PATH: 'bin:' })).toBe('/usr/local/bin:/usr/bin:/bin');
  });
});
