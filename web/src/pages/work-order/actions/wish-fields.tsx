import { useQuery } from '@tanstack/react-query';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import { healthQuery } from '../../../api/health.ts';
import { stepTitle } from '../../../components/format.ts';
import { Field, SelectInput, TextArea, TextInput } from '../../../ui/field.tsx';

/** What may be wanted otherwise from a step on; empty is as before. */
export interface Wish {
  readonly words: string;
  readonly agent: string;
  readonly model: string;
}

export const NO_WISH: Wish = { words: '', agent: '', model: '' };

/** As the service takes it. */
export function wishBody({ words, agent, model }: Wish) {
  return { prompt_text: words.trim() || null, agent: agent || null, model: model.trim() || null };
}

interface StepFieldProps {
  readonly label: string;
  readonly steps: readonly StepName[];
  readonly step: StepName;
  readonly onStep: (step: StepName) => void;
}

export function StepField({ label, steps, step, onStep }: StepFieldProps) {
  return (
    <Field label={label} name="step">
      <SelectInput
        value={step}
        onChange={(event) => {
          const chosen = steps.find((name) => name === event.currentTarget.value);
          if (chosen) onStep(chosen);
        }}
      >
        {steps.map((name) => (
          <option key={name} value={name}>
            {stepTitle(name)}
          </option>
        ))}
      </SelectInput>
    </Field>
  );
}

interface WishFieldsProps {
  readonly wish: Wish;
  readonly onWish: (wish: Wish) => void;
  /** What becomes of the words. */
  readonly hint: string;
}

export function WishFields({ wish, onWish, hint }: WishFieldsProps) {
  const { data: health } = useQuery(healthQuery());
  const agents = Object.entries(health?.agents ?? {}).filter(([, { available }]) => available);
  return (
    <>
      <Field label="Words for the agent (optional)" name="prompt_text" hint={hint}>
        <TextArea value={wish.words} onChange={(event) => onWish({ ...wish, words: event.currentTarget.value })} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Agent" name="agent">
          <SelectInput value={wish.agent} onChange={(event) => onWish({ ...wish, agent: event.currentTarget.value })}>
            <option value="">as before</option>
            {agents.map(([name]) => (
              <option key={name}>{name}</option>
            ))}
          </SelectInput>
        </Field>
        <Field label="Model" name="model">
          <TextInput
            placeholder="as before"
            value={wish.model}
            onChange={(event) => onWish({ ...wish, model: event.currentTarget.value })}
          />
        </Field>
      </div>
    </>
  );
}
