import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from './redact.ts';

const VALUE = ['gh', 'p_', 'Ab3xYz90KlmNqrSt56UvWx78Yz12AbCd/f+4'].join('');
const KEY = '-----BEGIN A KEY-----\nMIIEvAIBADANBgkq"\nhkiG9w0BAQEFAAS\n-----END A KEY-----\n';
const redactor = new Redactor([
  { name: 'GITHUB_TOKEN', value: VALUE },
  { name: 'DEPLOY_KEY', value: KEY.trim() },
  { name: 'OTHER', value: 'ünsafe & sound=1' },
]);
const HIDDEN = '[redacted GITHUB_TOKEN]';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

describe('a value that the service was configured with', () => {
  test.each([
    ['as it is', `x ${VALUE} y`],
    ['in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: VALUE }) })],
    ['in a URL', `https://host/?a=${encodeURIComponent(VALUE)}&b=1`],
    [
      'in a URL, its codes in small letters',
      encodeURIComponent(VALUE).replaceAll('%2B', '%2b').replaceAll('%2F', '%2f'),
    ],
    ['in base64', base64(VALUE)],
    ['in base64, one byte later', base64(`:${VALUE}:`)],
    ['in base64, two bytes later', base64(`me${VALUE}\n`)],
    ['over a line break', `${VALUE.slice(0, 9)}\r\n    ${VALUE.slice(9)}`],
    ['in base64 of several lines', base64(`some words before it, and then ${VALUE}`).replaceAll(/(.{64})/g, '$1\n')],
  ])('is taken out %s', (_, text) => {
    const shown = redactor.own(text);
    expect(shown).toContain(HIDDEN);
    for (let at = 0; at + 8 <= VALUE.length; at += 1) expect(shown).not.toContain(VALUE.slice(at, at + 8));
    expect(shown.replaceAll(/\s/g, '')).not.toContain(base64(VALUE).slice(4, 20));
  });

  test('leaves what stands around it', () => {
    expect(redactor.own(`a\n${VALUE}\nb ${VALUE}${VALUE} c`)).toBe(`a\n${HIDDEN}\nb ${HIDDEN}${HIDDEN} c`);
  });

  test('of several lines is taken out whole, as JSON, and line by line', () => {
    expect(redactor.own(`<\n${KEY}>`)).toBe('<\n[redacted DEPLOY_KEY]\n>');
    expect(redactor.own(JSON.stringify({ key: KEY }))).toBe('{"key":"[redacted DEPLOY_KEY]\\n"}');
    expect(redactor.own('hkiG9w0BAQEFAAS')).toBe('[redacted DEPLOY_KEY]');
  });

  test('of several lines is taken out of a diff, where each line has a sign before it', () => {
    const diff = `@@ -1 +1 @@\n+a ${KEY.trim().replaceAll('\n', '\n+')}\n+b\n`;
    expect(redactor.diff(diff)).toBe('@@ -1 +1 @@\n+a [redacted DEPLOY_KEY]\n+b\n');
  });

  test('is taken out of base64url where that differs from base64', () => {
    const differing = new Redactor([{ name: 'SIGNS', value: '???>>>~~~???>>>' }]);
    for (const before of ['', 'x', 'xy']) {
      const text = base64url(`${before}???>>>~~~???>>>`);
      expect(text).toMatch(/[-_]/);
      expect(differing.own(text)).toContain('[redacted SIGNS]');
    }
  });

  test('beyond ASCII is taken out too', () => {
    for (const text of ['ünsafe & sound=1', encodeURIComponent('ünsafe & sound=1'), base64('xünsafe & sound=1x')]) {
      expect(redactor.own(text)).toContain('[redacted OTHER]');
    }
  });

  test.each([
    ['its beginning at the end', `says ${VALUE.slice(0, 8)}`],
    ['its beginning before a mark', `says ${VALUE.slice(0, 30)}… and more`],
    ['its beginning before a count', `${VALUE.slice(0, 30)} … (12 more characters)`],
    ['its beginning before a cut line', `${VALUE.slice(0, 30)} [… cut: the line has 12 bytes]`],
    ['its end at the beginning', `${VALUE.slice(-8)} and more`],
    ['its end behind a mark', `before\n[… 99 characters left out …]\n${VALUE.slice(-20)} and more`],
    ['its middle alone', VALUE.slice(9, 25)],
  ])('that was cut is taken out: %s', (_, text) => {
    expect(redactor.own(text)).toContain(HIDDEN);
  });

  test('is not seen in what is only like it', () => {
    for (const text of [
      `${VALUE.slice(0, 12)} and on`,
      `of ${VALUE.slice(12, 30)} and on`,
      VALUE.toLowerCase(),
      'ghp',
    ]) {
      expect(redactor.own(text)).toBe(text);
    }
  });

  test('is found wherever it stands, whatever stands around it', () => {
    const around = fc.string({ unit: 'binary', maxLength: 60 });
    const form = fc.constantFrom(VALUE, base64(VALUE).replace(/.=*$/, ''), encodeURIComponent(VALUE));
    fc.assert(
      fc.property(around, form, around, (before, secret, after) => {
        expect(redactor.own(before + secret + after)).not.toContain(secret);
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is learnt later counts from then on', () => {
    const learning = new Redactor([]);
    expect(learning.own(VALUE)).toBe(VALUE);
    learning.learn([{ name: 'login', value: VALUE }]);
    expect(learning.own(VALUE)).toBe('[redacted login]');
    learning.forget([{ name: 'login', value: VALUE }]);
    expect(learning.own(VALUE)).toBe(VALUE);
  });
});

describe('a token of a well-known form', () => {
  const more = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8';
  test.each([
    ['github token', ['gh', 'o_', more]],
    ['github token', ['github', '_pat_', more]],
    ['github token', ['gh', 's_', '123456_', 'eyJhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxIn0.', 'c2lnbmF0dXJlc2ln']],
    ['gitlab token', ['gl', 'pat-', more.slice(0, 20)]],
    ['anthropic key', ['sk-', 'ant-', 'api03-', more]],
    ['openai key', ['sk-', 'proj-', more]],
    ['google key', ['AI', 'za', more.slice(0, 35)]],
    ['aws key id', ['AK', 'IA', 'ABCDEFGH12345678']],
    ['slack token', ['xo', 'xb-', '1234567890-abcdef']],
    ['npm token', ['np', 'm_', more]],
    ['jwt', ['ey', 'JhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxIn0.', 'c2lnbmF0dXJlc2ln']],
  ])('is taken out: %s', (label, parts) => {
    const token = parts.join('');
    expect(redactor.text(`a ${token}, b`)).toBe(`a [redacted ${label}], b`);
    expect(redactor.text(JSON.stringify({ log: `\n${token}` }))).toBe(`{"log":"\\n[redacted ${label}]"}`);
    // A document may show one as an example.
    expect(redactor.own(token)).toBe(token);
  });

  test('is a private key, an authorization or a password in a URL', () => {
    const body = `${'MIIEvAIBADANBgkqhkiG9w0BAQEFAASC'.repeat(900)}\n`;
    const key = ['-----BEGIN', ' PRIVATE KEY-----\n', body, '-----END', ' PRIVATE KEY-----'].join('');
    expect(redactor.text(`a ${key} b`)).toBe('a [redacted private key] b');
    expect(redactor.text(key.slice(0, 500))).toBe('[redacted private key]');
    expect(redactor.text('Authorization: Bearer abc.def-123')).toBe('Authorization: Bearer [redacted authorization]');
    expect(redactor.text('{"authorization":"Basic YWJjOmRlZg=="}')).toContain('"Basic [redacted authorization]"');
    expect(redactor.text('clone https://me:pa:ss@host/r.git')).toBe('clone https://me:[redacted password]@host/r.git');
  });

  test.each([
    'disk-usage-of-the-largest-20-folders',
    'task-1234567890-abcdefghijklmnop',
    'sk-some-long-name-of-a-css-class',
    'http://localhost:3000/a@b',
    'https://me:$TOKEN@host/r.git',
    'the line -----BEGIN is missing',
    'wo-1a2b3c4d 9b74c9897bac770ffc029102a200c5de1a2b3c4d',
  ])('is not seen in %s', (text) => {
    expect(redactor.text(text)).toBe(text);
  });
});

describe('data', () => {
  test('loses secrets in texts and keys, at any depth, and is the same object where there are none', () => {
    const clean = { a: [1, null, { b: 'text' }], c: true };
    expect(redactor.data(clean)).toBe(clean);
    expect(redactor.data({ a: [{ b: VALUE, n: 1 }], [VALUE]: 2 })).toEqual({ a: [{ b: HIDDEN, n: 1 }], [HIDDEN]: 2 });
  });

  test('keeps tokens in what is named as a document, but not the secrets of the service', () => {
    const example = ['gl', 'pat-', 'A1b2C3d4E5f6G7h8I9j0'].join('');
    const kept = redactor.data({ plan: `${example} ${VALUE}`, note: example }, new Set(['plan']));
    expect(kept).toEqual({ plan: `${example} ${HIDDEN}`, note: '[redacted gitlab token]' });
  });
});
