import { useId } from 'react';
import type { Measure } from '../../../src/domain/budget.ts';
import { MEASURES } from '../../../src/domain/budget.ts';
import { Field, TextInput } from '../ui/field.tsx';
import type { BudgetText } from './budget-text.ts';

interface BudgetFieldsProps {
  /** The path of the budget in the request, by which the service tells faults. */
  readonly name: string;
  readonly legend: string;
  readonly hint: string;
  readonly value: BudgetText;
  readonly onChange: (value: BudgetText) => void;
  readonly faults: ReadonlyMap<string, string>;
  /** What counts where nothing is typed. */
  readonly placeholders?: Readonly<Record<Measure, string>>;
  readonly hints?: Readonly<Record<Measure, string>>;
}

const LABELS: Readonly<Record<Measure, string>> = { cost_usd: 'US dollars', tokens: 'Tokens', minutes: 'Minutes' };

/** Limits in money, tokens and time. */
export function BudgetFields(props: BudgetFieldsProps) {
  const { name, legend, hint, value, onChange, faults, placeholders, hints } = props;
  const hintId = useId();
  return (
    <fieldset aria-describedby={hintId}>
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="grid grid-cols-3 items-start gap-3">
        {MEASURES.map((measure) => (
          <Field
            key={measure}
            name={`${name}.${measure}`}
            label={LABELS[measure]}
            hint={hints?.[measure]}
            fault={faults.get(`${name}.${measure}`)}
          >
            <TextInput
              value={value[measure]}
              onChange={(event) => onChange({ ...value, [measure]: event.currentTarget.value })}
              inputMode={measure === 'tokens' ? 'numeric' : 'decimal'}
              placeholder={placeholders?.[measure] ?? 'no limit'}
              autoComplete="off"
            />
          </Field>
        ))}
      </div>
      <p id={hintId} className="text-soft mt-1 text-xs">
        {hint}
      </p>
    </fieldset>
  );
}
