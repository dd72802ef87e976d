import { randomBytes } from 'node:crypto';
import { Redactor } from '../src/domain/redact.ts';
import { formsOf } from '../src/domain/secret-forms.ts';
import type { Benchmark } from './measure.ts';
import { alternate, figure } from './measure.ts';

const ROUNDS = 30;
const SECRETS = 12;
const LINES = 20_000;
const LONG_TEXT_REPEATS = 40;

/** What taking secrets out costs, beside a regular expression for each form of each secret, and beside no redaction. */
export const redact: Benchmark = {
  name: 'redact',
  async run() {
    const secrets = Array.from({ length: SECRETS }, (_, index) => ({
      name: `SECRET_${index}`,
      value: randomBytes(30).toString('base64'),
    }));
    const redactor = new Redactor(secrets);
    const expressions = secrets.flatMap(({ name, value }) =>
      formsOf(value).map((form) => ({
        form: new RegExp(form.replaceAll(/[^\w]/g, '\\$&'), 'g'),
        hidden: `[redacted ${name}]`,
      })),
    );
    const oneByOne = (text: string) =>
      expressions.reduce((left, { form, hidden }) => left.replaceAll(form, hidden), text);

    const lines = Array.from({ length: LINES }, (_, index) => lineOf(index));
    const text = lines
      .join('\n')
      .repeat(LONG_TEXT_REPEATS)
      .slice(0, 4 * 1024 * 1024);
    const perSecond = { all: [] as number[], own: [] as number[], each: [] as number[] };
    const perLine = { all: [] as number[], each: [] as number[], none: [] as number[] };
    await alternate(ROUNDS, [
      () => void perSecond.all.push(megabytesPerSecond(text, (given) => redactor.text(given))),
      () => void perSecond.own.push(megabytesPerSecond(text, (given) => redactor.own(given))),
      () => void perSecond.each.push(megabytesPerSecond(text, oneByOne)),
      () => void perLine.all.push(microsecondsEach(lines, (line) => redactor.text(line))),
      () => void perLine.each.push(microsecondsEach(lines, oneByOne)),
      () => void perLine.none.push(microsecondsEach(lines, (line) => line)),
    ]);
    const byForm = `an expression for each of ${expressions.length} forms`;
    const note = `${SECRETS} secrets, none of them in the text`;
    const rates = { unit: 'MB/s', better: 'higher', note } as const;
    return [
      figure({ name: 'a text of 4 MiB', ...rates, product: perSecond.all, peers: { [byForm]: perSecond.each } }),
      figure({
        name: "the same, the service's own secrets alone",
        ...rates,
        product: perSecond.own,
        peers: { [byForm]: perSecond.each },
      }),
      figure({
        name: 'a line of a log',
        unit: 'µs',
        product: perLine.all,
        peers: { [byForm]: perLine.each, 'no redaction': perLine.none },
        note: 'of 20 to 180 characters',
      }),
    ];
  },
};

/** Like what agents print: words, paths, code, and a hash now and then. */
function lineOf(index: number): string {
  const parts = [
    `src/engine/steps/file-${index}.ts:${index % 300}`,
    'const answer = await context.agents.find(name)?.check();',
    `commit ${randomBytes(20).toString('hex')}`,
    'The tests pass; one of them was slow, so I looked at it again.',
    'https://example.org/a/path?with=a&query=1',
  ];
  return parts.slice(0, 1 + (index % parts.length)).join(' ');
}

function megabytesPerSecond(text: string, work: (text: string) => string): number {
  const begunMs = performance.now();
  work(text);
  return text.length / 1_000 / (performance.now() - begunMs);
}

function microsecondsEach(lines: readonly string[], work: (line: string) => string): number {
  let characters = 0;
  const begunMs = performance.now();
  for (const line of lines) characters += work(line).length;
  const tookMs = performance.now() - begunMs;
  if (characters === 0) throw new Error('nothing was read');
  return (tookMs * 1_000) / lines.length;
}
