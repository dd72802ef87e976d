import { useQuery } from '@tanstack/react-query';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { LogEntry } from '../../../api/log.ts';
import { logEntryQuery } from '../../../api/log.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { LongText } from './long-text.tsx';

const SHORT = 200;

interface EntryDetailsProps {
  readonly id: WorkOrderId;
  /** As the list has it: maybe its beginning only. */
  readonly entry: LogEntry;
  readonly search: string;
}

/** All that an entry holds. What the list has only the beginning of is asked for now. */
export function EntryDetails({ id, entry, search }: EntryDetailsProps) {
  const { data: whole, error } = useQuery({ ...logEntryQuery(id, entry.seq), enabled: entry.truncated === true });
  if (error) return <ProblemNotice error={error} />;
  const shown = entry.truncated ? whole : entry;
  if (!shown) return <p className="text-soft font-sans text-xs">Loading the whole of it …</p>;
  const isTool = shown.event === 'tool_call' || shown.event === 'tool_result';
  const name = `${id}-${shown.seq}`;
  return (
    <>
      {(isTool || shown.message.length > entry.message.length) && shown.message !== '' && (
        <LongText label="Message" text={shown.message} search={search} fileName={`${name}.txt`} />
      )}
      {textsOf(shown).map(({ label, text }) => (
        <LongText key={label} label={label} text={text} search={search} fileName={`${name}-${label}.txt`} />
      ))}
    </>
  );
}

interface LabelledText {
  readonly label: string;
  readonly text: string;
}

/** What the data says: long texts in it each as they are, the rest as JSON. */
function textsOf({ event, data }: LogEntry): readonly LabelledText[] {
  if (typeof data !== 'object' || data === null || event === 'tool_result') return [];
  const input: unknown = event === 'tool_call' && 'input' in data ? data.input : data;
  if (typeof input === 'string') return [{ label: 'input', text: input }];
  if (typeof input !== 'object' || input === null) return [];
  const texts: LabelledText[] = [];
  const rest: [string, unknown][] = [];
  for (const [label, value] of Object.entries(input)) {
    if (typeof value === 'string' && isLong(value)) texts.push({ label, text: value });
    else rest.push([label, value]);
  }
  if (rest.length === 0) return texts;
  return [
    { label: input === data ? 'data' : 'input', text: JSON.stringify(Object.fromEntries(rest), null, 2) },
    ...texts,
  ];
}

function isLong(text: string): boolean {
  return text.length > SHORT || text.includes('\n');
}
