import { useQuery } from '@tanstack/react-query';
import type { Health } from '../../../../src/contract/health.ts';
import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { healthQuery } from '../../api/health.ts';
import { Field, SelectInput, TextInput } from '../../ui/field.tsx';
import type { Draft } from './draft.ts';

type AgentHealth = NonNullable<Health['agents']>[string];

interface AgentFieldsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** The repository in the form, where the service keeps defaults for it. */
  readonly known: KnownRepositoryView | undefined;
  readonly faults: ReadonlyMap<string, string>;
}

/** Who carries it out: those that can be used now, and why not the others. */
export function AgentFields({ draft, onChange, known, faults }: AgentFieldsProps) {
  const { data: health } = useQuery(healthQuery());
  const agents = Object.entries(health?.agents ?? {});
  const missing = agents.filter(([, agent]) => !isUsable(agent));
  // A model counts only for the agent that it was named with.
  const defaultModel = draft.agent === '' || draft.agent === known?.default_agent ? known?.default_model : null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div>
        <Field name="agent" label="Agent" fault={faults.get('agent')}>
          <SelectInput value={draft.agent} onChange={(event) => onChange({ agent: event.currentTarget.value })}>
            <option value="">
              {known?.default_agent
                ? `${known.default_agent} (default of this repository)`
                : 'The first that can be used'}
            </option>
            {agents.map(([name, agent]) => (
              <option key={name} value={name} disabled={!isUsable(agent)}>
                {name}
                {isUsable(agent) ? agent.version && ` ${agent.version}` : ' (cannot be used)'}
              </option>
            ))}
          </SelectInput>
        </Field>
        {missing.length > 0 && (
          <details className="text-soft mt-1 text-xs">
            <summary className="hover:text-ink w-fit rounded">
              Why {missing.length === 1 ? `${missing[0]?.[0]} cannot` : `${missing.length} of them cannot`} be used
            </summary>
            <ul className="mt-1 flex flex-col gap-1.5">
              {missing.map(([name, { problem, next_step }]) => (
                <li key={name} className="break-words">
                  <span className="text-ink font-medium">{name}</span>: {problem ?? 'It is not logged in.'} {next_step}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <Field name="model" label="Model" fault={faults.get('model')}>
        <TextInput
          value={draft.model}
          onChange={(event) => onChange({ model: event.currentTarget.value })}
          placeholder={defaultModel ? `${defaultModel} (default of this repository)` : "the agent's own default"}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
    </div>
  );
}

function isUsable({ available, logged_in }: AgentHealth): boolean {
  return available && logged_in !== false;
}
