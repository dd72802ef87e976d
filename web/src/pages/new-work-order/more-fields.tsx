import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import type { Budget, Measure } from '../../../../src/domain/budget.ts';
import { MEASURES } from '../../../../src/domain/budget.ts';
import { SANDBOX_TYPES } from '../../../../src/domain/work-order.ts';
import { WORKFLOW_TYPES } from '../../../../src/domain/workflow.ts';
import { BudgetFields } from '../../components/budget-fields.tsx';
import { budgetIn } from '../../components/budget-text.ts';
import { Field, SelectInput, TextArea, TextInput } from '../../ui/field.tsx';
import type { Draft } from './draft.ts';

interface MoreFieldsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly known: KnownRepositoryView | undefined;
  readonly faults: ReadonlyMap<string, string>;
}

/** In the form beside what is always asked. */
export const MORE_FIELDS = [
  'github_issue_number',
  ...MEASURES.map((measure) => `budget.${measure}`),
  'checks',
  'workflow_type',
  'sandbox_type',
];

/** What is seldom wanted otherwise. */
export function MoreFields({ draft, onChange, known, faults }: MoreFieldsProps) {
  const checks = known?.checks ?? [];
  return (
    <div className="flex flex-col gap-4">
      <Field
        name="github_issue_number"
        label="Issue"
        hint="Its number; else the one that the request names"
        fault={faults.get('github_issue_number')}
      >
        <TextInput
          value={draft.github_issue_number}
          onChange={(event) => onChange({ github_issue_number: event.currentTarget.value })}
          inputMode="numeric"
          placeholder="42"
          className="sm:max-w-40"
        />
      </Field>
      <BudgetFields
        name="budget"
        legend="Budget"
        hint="What all its attempts together may take. One limit named here takes the place of all defaults."
        value={draft.budget}
        onChange={(budget) => onChange({ budget })}
        faults={faults}
        {...(budgetIn(draft.budget) === null && { placeholders: defaultsOf(known?.default_budget ?? null) })}
      />
      <Field
        name="checks"
        label="Checks"
        hint={
          checks.length > 0
            ? `Commands that the service runs on the change, one a line. This repository has: ${checks.join(' · ')}`
            : 'Commands that the service runs on the change, one a line; else those of the repository'
        }
        fault={faults.get('checks')}
      >
        <TextArea
          value={draft.checks}
          onChange={(event) => onChange({ checks: event.currentTarget.value })}
          placeholder={checks.length > 0 ? checks.join('\n') : 'npm ci\nnpm test'}
          className="min-h-18 font-mono"
          spellCheck={false}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          name="workflow_type"
          label="Workflow"
          value={draft.workflow_type}
          onChange={(workflow_type) => onChange({ workflow_type })}
          values={WORKFLOW_TYPES}
          usual="agent_workflow_plan"
          ofRepository={known?.default_workflow_type}
          fault={faults.get('workflow_type')}
        />
        <Choice
          name="sandbox_type"
          label="Sandbox"
          value={draft.sandbox_type}
          onChange={(sandbox_type) => onChange({ sandbox_type })}
          values={SANDBOX_TYPES}
          usual="git_worktree"
          ofRepository={known?.default_sandbox_type}
          fault={faults.get('sandbox_type')}
        />
      </div>
    </div>
  );
}

function defaultsOf(budget: Budget | null): Readonly<Record<Measure, string>> {
  const text = (measure: Measure): string =>
    budget === null ? 'as usual' : budget[measure] === null ? 'no limit' : `${budget[measure]} (default)`;
  return { cost_usd: text('cost_usd'), tokens: text('tokens'), minutes: text('minutes') };
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly values: readonly string[];
  readonly usual: string;
  readonly ofRepository: string | null | undefined;
  readonly fault: string | undefined;
}

function Choice({ name, label, value, onChange, values, usual, ofRepository, fault }: ChoiceProps) {
  return (
    <Field name={name} label={label} fault={fault}>
      <SelectInput value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">
          {ofRepository ? `${ofRepository} (default of this repository)` : `${usual} (as usual)`}
        </option>
        {values.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </SelectInput>
    </Field>
  );
}
