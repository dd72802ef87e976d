import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { AgentSelect } from '../../components/agent-select.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import type { Draft } from './draft.ts';

interface AgentFieldsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** The repository in the form, where the service keeps defaults for it. */
  readonly known: KnownRepositoryView | undefined;
  readonly faults: ReadonlyMap<string, string>;
}

/** Who carries it out. */
export function AgentFields({ draft, onChange, known, faults }: AgentFieldsProps) {
  // A model counts only for the agent that it was named with.
  const defaultModel = draft.agent === '' || draft.agent === known?.default_agent ? known?.default_model : null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <AgentSelect
        name="agent"
        value={draft.agent}
        onChange={(agent) => onChange({ agent })}
        otherwise={
          known?.default_agent ? `${known.default_agent} (default of this repository)` : 'The first that can be used'
        }
        fault={faults.get('agent')}
      />
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
