import { expect, test } from 'vitest';
import { createAllowList, parseTarget, textOf } from './allow-list.ts';

const target = (text: string) => parseTarget(text) ?? { host: '', port: 0 };

test.each([
  ['api.example.com', 'api.example.com:443', true],
  ['api.example.com', 'API.Example.com.:8443', true],
  ['api.example.com:443', 'api.example.com:80', false],
  ['api.example.com', 'xapi.example.com:443', false],
  ['*.example.com', 'a.b.example.com:443', true],
  ['*.example.com:443', 'a.example.com:80', false],
  ['*.example.com', 'example.com:443', false],
  ['*.example.com', 'notexample.com:443', false],
  ['127.0.0.1:8080', '2130706433:8080', true],
  ['127.0.0.1:8080', '0x7f.1:8080', true],
  ['[::1]:8080', '[0:0:0:0:0:0:0:1]:8080', true],
  ['münchen.example', 'xn--mnchen-3ya.example:443', true],
  ['', 'example.com:443', false],
  ['*', 'example.com:443', false],
  ['*.', 'example.com:443', false],
  ['user@example.com', 'example.com:443', false],
])('%j on the list and %j wanted: %j', (entry, wanted, allowed) => {
  expect(createAllowList([entry]).allows(target(wanted))).toBe(allowed);
});

test.each([
  'example.com',
  'example.com:0',
  'example.com:65536',
  'a@b:1',
  'a b:1',
  'a/b:1',
  '[::1',
  ':80',
  'http://a:1',
])('%j is no target', (text) => {
  expect(parseTarget(text)).toBeNull();
});

test('a target is written as it is read', () => {
  for (const text of ['example.com:443', '[::1]:80', '10.0.0.1:80']) expect(textOf(target(text))).toBe(text);
});

const PRIVATE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
].concat(['::1', '::', 'fd00::1', 'fe80::1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:7f00:1::']);

test('a name of the internet may mean no private address, unless that is on the list itself', () => {
  const list = createAllowList(['api.example.com', '*.internal', '10.1.2.3:443']);
  const [named, below] = [target('api.example.com:443'), target('metadata.internal:443')];
  expect(['93.184.216.34', '2606:4700::1'].map((address) => list.allowsAddress(named, address))).toEqual([true, true]);
  expect(PRIVATE.filter((address) => list.allowsAddress(named, address))).toEqual(['10.1.2.3']);
  expect(PRIVATE.filter((address) => list.allowsAddress(below, address))).toEqual(['10.1.2.3']);
  expect(list.allowsAddress(target('api.example.com:80'), '10.1.2.3')).toBe(false);
});

test('a name that can only be private may, when it is given in full, but never what is link-local', () => {
  for (const name of ['localhost', 'ollama', 'git.internal', 'nas.home.arpa']) {
    const list = createAllowList([name]);
    expect(list.allowsAddress(target(`${name}:80`), '192.168.1.1')).toBe(true);
    expect(list.allowsAddress(target(`${name}:80`), '169.254.169.254')).toBe(false);
    expect(list.allowsAddress(target(`${name}:80`), 'fe80::1')).toBe(false);
  }
  expect(createAllowList(['metadata.example.com']).allowsAddress(target('metadata.example.com:80'), '::1')).toBe(false);
});

test('knows what is on the loopback of the machine, when its port is named', () => {
  const { onLoopback } = createAllowList(['127.0.0.1:11434', 'localhost:80', '[::1]:81', 'localhost', '10.0.0.1:80']);
  expect(onLoopback.map(textOf)).toEqual(['127.0.0.1:11434', 'localhost:80', '[::1]:81']);
});
