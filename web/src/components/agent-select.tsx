import { useQuery } from '@tanstack/react-query';
import type { Health } from '../../../src/contract/health.ts';
import { healthQuery } from '../api/health.ts';
import { Field, SelectInput } from '../ui/field.tsx';

type AgentHealth = NonNullable<Health['agents']>[string];

interface AgentSelectProps {
  readonly name: string;
  /** Empty where the choice is left to somebody else. */
  readonly value: string;
  readonly onChange: (agent: string) => void;
  /** Who it is then. */
  readonly otherwise: string;
  readonly fault: string | undefined;
}

/** An agent that can be used now, and why the others cannot. */
export function AgentSelect({ name, value, onChange, otherwise, fault }: AgentSelectProps) {
  const { data: health } = useQuery(healthQuery());
  const agents = Object.entries(health?.agents ?? {});
  const missing = agents.filter(([, agent]) => !isUsable(agent));
  return (
    <div>
      <Field name={name} label="Agent" fault={fault}>
        <SelectInput value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{otherwise}</option>
          {agents.map(([id, agent]) => (
            <option key={id} value={id} disabled={!isUsable(agent) && id !== value}>
              {id}
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
            {missing.map(([id, { problem, next_step }]) => (
              <li key={id} className="break-words">
                <span className="text-ink font-medium">{id}</span>: {problem ?? 'It is not logged in.'} {next_step}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function isUsable({ available, logged_in }: AgentHealth): boolean {
  return available && logged_in !== false;
}
