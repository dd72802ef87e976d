import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ChangeRepository, KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { SANDBOX_TYPES } from '../../../../src/domain/work-order.ts';
import { addRepository, changeRepository, repositoriesQuery } from '../../api/repositories.ts';
import { AgentSelect } from '../../components/agent-select.tsx';
import { BudgetFields } from '../../components/budget-fields.tsx';
import { budgetIn, budgetTextOf } from '../../components/budget-text.ts';
import { faultsOf } from '../../components/faults.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useFocusOnFault, useSendByKey } from '../../hooks/use-form-keys.ts';
import { Button } from '../../ui/button.tsx';
import { Field, SelectInput, TextArea, TextInput } from '../../ui/field.tsx';

interface RepositoryFormProps {
  /** Null for one that is not known yet. */
  readonly repository: KnownRepositoryView | null;
  readonly onDone: () => void;
}

/** What the service keeps of a repository. */
export function RepositoryForm({ repository, onDone }: RepositoryFormProps) {
  const [values, setValues] = useState(() => valuesOf(repository));
  const change = (changed: Partial<typeof values>) => setValues({ ...values, ...changed });
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      repository
        ? changeRepository(repository.repository_id, settingsOf(values))
        : addRepository({ repository_url: values.repository_url.trim(), ...settingsOf(values) }),
    onSuccess: async () => {
      await queries.invalidateQueries(repositoriesQuery());
      onDone();
    },
  });
  const form = useRef<HTMLFormElement>(null);
  useFocusOnFault(form, save.error);
  useSendByKey(form);
  const faults = faultsOf(save.error);
  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {!repository && (
        <Field
          name="repository_url"
          label="Repository"
          hint="The service looks whether it can read it"
          fault={faults.get('repository_url')}
        >
          <TextInput
            value={values.repository_url}
            onChange={(event) => change({ repository_url: event.currentTarget.value })}
            placeholder="https://github.com/owner/name"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
      <Field name="display_name" label="Name" hint="How people call it" fault={faults.get('display_name')}>
        <TextInput
          value={values.display_name}
          onChange={(event) => change({ display_name: event.currentTarget.value })}
          autoComplete="off"
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <AgentSelect
          name="default_agent"
          value={values.default_agent}
          onChange={(default_agent) => change({ default_agent })}
          otherwise="Left to the service"
          fault={faults.get('default_agent') ?? faults.get('agent')}
        />
        <Field name="default_model" label="Model" fault={faults.get('default_model')}>
          <TextInput
            value={values.default_model}
            onChange={(event) => change({ default_model: event.currentTarget.value })}
            placeholder="the agent's own default"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Field name="default_base_branch" label="Base branch" fault={faults.get('default_base_branch')}>
          <TextInput
            value={values.default_base_branch}
            onChange={(event) => change({ default_base_branch: event.currentTarget.value })}
            placeholder={repository?.default_branch ?? 'the default branch of the repository'}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Field name="default_sandbox_type" label="Sandbox" fault={faults.get('default_sandbox_type')}>
          <SelectInput
            value={values.default_sandbox_type}
            onChange={(event) => change({ default_sandbox_type: event.currentTarget.value })}
          >
            <option value="">As usual</option>
            {SANDBOX_TYPES.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </SelectInput>
        </Field>
      </div>
      <Field
        name="checks"
        label="Checks"
        hint="Commands that the service runs on each change, one a line"
        fault={faults.get('checks')}
      >
        <TextArea
          value={values.checks}
          onChange={(event) => change({ checks: event.currentTarget.value })}
          placeholder={'npm ci\nnpm test'}
          className="min-h-18 font-mono"
          spellCheck={false}
        />
      </Field>
      <BudgetFields
        name="default_budget"
        legend="Budget of a work order"
        hint="What one may take where its request does not say it"
        value={values.default_budget}
        onChange={(default_budget) => change({ default_budget })}
        faults={faults}
        {...(budgetIn(values.default_budget) === null && { placeholders: AS_USUAL })}
      />
      <BudgetFields
        name="daily_budget"
        legend="Budget of a day"
        hint="What all its work orders together may take on a UTC day; then they wait for the next one"
        value={values.daily_budget}
        onChange={(daily_budget) => change({ daily_budget })}
        faults={faults}
        {...(budgetIn(values.daily_budget) === null && { placeholders: AS_USUAL })}
      />
      {save.error && faults.size === 0 && <ProblemNotice error={save.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Leave it</Button>
        <Button type="submit" variant="primary" disabled={save.isPending} focusableWhenDisabled>
          {repository ? 'Save' : 'Add'}
        </Button>
      </div>
    </form>
  );
}

const AS_USUAL = { cost_usd: 'as usual', tokens: 'as usual', minutes: 'as usual' };

function valuesOf(repository: KnownRepositoryView | null) {
  return {
    repository_url: '',
    display_name: repository?.display_name ?? '',
    default_agent: repository?.default_agent ?? '',
    default_model: repository?.default_model ?? '',
    default_base_branch: repository?.default_base_branch ?? '',
    default_sandbox_type: repository?.default_sandbox_type ?? '',
    default_budget: budgetTextOf(repository?.default_budget ?? null),
    daily_budget: budgetTextOf(repository?.daily_budget ?? null),
    checks: (repository?.checks ?? []).join('\n'),
  };
}

/** What is empty is left to the service. */
function settingsOf(values: ReturnType<typeof valuesOf>): Omit<ChangeRepository, 'repository_url'> {
  const sandbox = SANDBOX_TYPES.find((type) => type === values.default_sandbox_type);
  return {
    display_name: values.display_name.trim() || null,
    default_agent: values.default_agent || null,
    default_model: values.default_model.trim() || null,
    default_base_branch: values.default_base_branch.trim() || null,
    default_sandbox_type: sandbox ?? null,
    default_budget: budgetIn(values.default_budget),
    daily_budget: budgetIn(values.daily_budget),
    checks: values.checks.split('\n').flatMap((line) => line.trim() || []),
  };
}
