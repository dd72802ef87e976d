import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test, describe } from 'vitest';
import { runAsAgent } from '../../../test/programs/confined.ts';
import { livingWith, newSeconds } from '../../../test/programs/run.ts';
import { detectConfinement } from './detect.ts';

const here = await detectConfinement('auto');

async function serve(): Promise<number> {
  const server = createServer((request, response) => response.end(`answer to ${request.url}`));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Says what Node's fetch gets from each URL: its own network, or a proxy that its environment names. */
function fetching(urls: readonly string[]) {
  const code = `for (const url of ${JSON.stringify(urls)}) console.log(await fetch(url).then(
    async (response) => response.status + ' ' + (await response.text()).trim(), (error) => error.cause?.code ?? String(error)))`;
  return { file: process.execPath, args: ['--input-type=module', '-e', code] };
}

describe.skipIf(here.report.kind === 'none')(`the network of a confined agent ${here.report.problem ?? ''}`, () => {
  test('is that of the machine when it is open', async () => {
    expect(here.report.network).toBe('open');
    const { stdout } = await runAsAgent(here, { ...fetching([`http://127.0.0.1:${await serve()}/x`]), directory: '/' });
    expect(stdout).toEqual(['200 answer to /x']);
  });

  test('is not there when there is to be none', async () => {
    const none = await detectConfinement('auto', { network: 'none' });
    expect(none.report.network).toBe('none');
    const urls = [`http://127.0.0.1:${await serve()}/`, 'http://192.0.2.1/'];
    expect((await runAsAgent(none, { ...fetching(urls), directory: '/' })).stdout).toEqual([
      'ECONNREFUSED',
      'ENETUNREACH',
    ]);
    const links = await runAsAgent(none, { script: 'tail -n +3 /proc/net/dev | cut -d: -f1', directory: '/' });
    expect(links.stdout.map((line) => line.trim())).toEqual(['lo']);
  });

  describe('when it is a list of hosts', () => {
    const listed = (allowedHosts: readonly string[]) =>
      detectConfinement('auto', { network: 'allow-list', allowedHosts });

    test('reaches what the agent needs and what the list adds, and is told what it does not', async () => {
      const [model, added, other] = [await serve(), await serve(), await serve()];
      const refused: string[] = [];
      const confinement = await listed([`127.0.0.1:${added}`]);
      expect(confinement.report.network).toBe('allow-list');
      const urls = [`http://127.0.0.1:${model}/m`, `http://127.0.0.1:${added}/a`];
      const elsewhere = [`http://127.0.0.1:${other}/`, 'http://api.example.com/', 'https://api.example.com/'];
      const { stdout } = await runAsAgent(confinement, {
        ...fetching([...urls, ...elsewhere]),
        directory: '/',
        hosts: [`127.0.0.1:${model}`],
        onNetworkRefused: (target) => refused.push(target),
      });
      expect(stdout.slice(0, 2)).toEqual(['200 answer to /m', '200 answer to /a']);
      // Its own loopback, on which nobody listens there.
      expect(stdout[2]).toBe('ECONNREFUSED');
      expect(refused).toEqual(['api.example.com:80', 'api.example.com:443']);
    });

    test('says where its proxy is, in both spellings, and has no way round it', async () => {
      const script = 'echo "$HTTP_PROXY $https_proxy $ALL_PROXY $NO_PROXY"; tail -n +3 /proc/net/dev | cut -d: -f1';
      const { stdout } = await runAsAgent(await listed([]), { script, directory: '/' });
      const proxy = 'http://127.0.0.1:3128';
      expect(stdout.map((line) => line.trim())).toEqual([`${proxy} ${proxy} ${proxy} localhost,127.0.0.1,::1`, 'lo']);
    });

    test('runs a program that does not exist no better than without', async () => {
      const { end } = await runAsAgent(await listed([]), { file: '/no/such/program', args: [], directory: '/' });
      expect(end).toMatchObject({ reason: 'not_started', error: expect.stringContaining('does not exist') });
    });

    test('passes on how its program ended', async () => {
      const confinement = await listed([]);
      expect((await runAsAgent(confinement, { script: 'exit 7', directory: '/' })).end.exitCode).toBe(7);
      expect((await runAsAgent(confinement, { script: 'kill -KILL $$', directory: '/' })).end.exitCode).toBe(137);
    });

    test('lets its program be asked to end, once, with all that it has started', async () => {
      const abort = new AbortController();
      const seconds = newSeconds();
      // The child says that it is ready: before it has begun its own program, a signal could be lost on it.
      const child = `sh -c 'echo ready; exec sleep ${seconds}'`;
      const script = `trap 'echo asked' TERM; ${child} & wait; wait; echo over; exit 5`;
      const { end, stdout } = await runAsAgent(await listed([]), {
        script,
        directory: tmpdir(),
        signal: abort.signal,
        onLine: ({ text }) => {
          if (text === 'ready') abort.abort();
        },
      });
      expect(stdout).toEqual(['ready', 'asked', 'over']);
      expect(end).toMatchObject({ reason: 'aborted', exitCode: 5, survivors: [] });
      expect(livingWith(seconds)).toEqual([]);
    });
  });
});

test.each(['none', 'allow-list'] as const)('a network of %j without bubblewrap is refused', async (network) => {
  const refused = { code: 'configuration_invalid', message: expect.stringContaining(`the network "${network}"`) };
  await expect(detectConfinement('none', { network })).rejects.toMatchObject(refused);
  await expect(detectConfinement('auto', { network, path: '/nowhere' })).rejects.toMatchObject(refused);
});
