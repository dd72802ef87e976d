import type { ReactNode } from 'react';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import type { LogFilter, LogLevel } from '../../../api/log.ts';
import { stepTitle } from '../../../components/format.ts';
import { Field, SelectInput } from '../../../ui/field.tsx';

const KINDS: Readonly<Record<string, readonly string[]>> = {
  'Every kind': [],
  'Tool calls': ['tool_call'],
  'Calls and results': ['tool_call', 'tool_result', 'permission'],
  'What the agent says': ['text', 'message', 'result'],
  Thinking: ['thinking'],
  Checks: ['check', 'check_output'],
  'The service': ['progress', 'network_refused', 'secrets_not_searched', 'log_entries_lost'],
};
const LEVELS = {
  debug: 'Every level',
  info: 'Info and worse',
  warn: 'Warnings and errors',
  error: 'Errors',
} satisfies Record<LogLevel, string>;

interface LogFiltersProps {
  readonly filter: LogFilter;
  /** The step that is chosen on the page; null for none. */
  readonly step: StepName | null;
  readonly onFilter: (part: Partial<LogFilter>) => void;
}

/** Which entries are shown. */
export function LogFilters({ filter, step, onFilter }: LogFiltersProps) {
  return (
    <>
      <Choice
        name="kind"
        label="Kind"
        value={filter.events.join(',')}
        options={Object.entries(KINDS).map(([title, events]) => [events.join(','), title])}
        onChoose={(value) => onFilter({ events: value === '' ? [] : value.split(',') })}
      />
      <Choice
        name="level"
        label="Level"
        value={filter.level ?? 'debug'}
        options={Object.entries(LEVELS)}
        onChoose={(value) => onFilter({ level: levelOf(value) })}
      />
      {step !== null && (
        <Choice
          name="step"
          label="Step"
          value={filter.step ?? ''}
          options={[
            [step, `Only ${stepTitle(step)}`],
            ['', 'All steps'],
          ]}
          onChoose={(value) => onFilter({ step: value === step ? step : null })}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: ReactNode;
  readonly value: string;
  readonly options: readonly (readonly [value: string, title: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ name, label, value, options, onChoose }: ChoiceProps) {
  return (
    <div className="min-w-0 flex-1 sm:flex-none">
      <Field name={name} label={<span className="sr-only">{label}</span>}>
        <SelectInput value={value} className="max-w-40" onChange={(event) => onChoose(event.currentTarget.value)}>
          {options.map(([option, title]) => (
            <option key={option} value={option}>
              {title}
            </option>
          ))}
        </SelectInput>
      </Field>
    </div>
  );
}

function levelOf(text: string): LogLevel | null {
  return text === 'info' || text === 'warn' || text === 'error' ? text : null;
}
