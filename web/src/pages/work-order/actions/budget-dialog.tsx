import { useState } from 'react';
import type { ChangeBudget } from '../../../../../src/contract/budget.ts';
import type { Budget } from '../../../../../src/domain/budget.ts';
import { MEASURES, exhaustedIn, isBeyondDaily, raisedLimit, standingOf } from '../../../../../src/domain/budget.ts';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { firstOpenStep, isTerminal } from '../../../../../src/domain/work-order.ts';
import { control } from '../../../api/control.ts';
import { amount } from '../../../components/amount.ts';
import { BudgetFields } from '../../../components/budget-fields.tsx';
import type { BudgetText } from '../../../components/budget-text.ts';
import { budgetTextOf, limitsOf } from '../../../components/budget-text.ts';
import { stepTitle } from '../../../components/format.ts';
import { CheckBox } from '../../../ui/check-box.tsx';
import { Field, TextInput } from '../../../ui/field.tsx';
import { ActionDialog } from './action-dialog.tsx';

interface BudgetDialogProps {
  readonly workOrder: WorkOrder;
  readonly onClose: () => void;
}

/** What a work order may spend from now on, and whether it goes on with that at once. */
export function BudgetDialog({ workOrder, onClose }: BudgetDialogProps) {
  const { agent_work_order_id: id, spent, status, waiting_budget } = workOrder;
  // As it was when the dialog was opened: that is what one has read and changes.
  const [opened] = useState(() => standingNow(workOrder));
  const [limits, setLimits] = useState(opened.proposal);
  const [isBeyond, setBeyond] = useState(opened.isBeyond || waiting_budget !== null);
  const [until, setUntil] = useState('');
  const [by, setBy] = useState('');
  const [reason, setReason] = useState('');
  const openStep = isTerminal(status) ? firstOpenStep(workOrder) : null;
  const [isRetry, setRetry] = useState(opened.isSpent);

  const budget = changedLimits(opened.budget, limits);
  const isOtherDaily = isBeyond !== opened.isBeyond;
  const change: ChangeBudget = {
    ...(budget && { budget }),
    ...(isOtherDaily && { beyond_daily: isBeyond }),
    by: by.trim() || null,
    until: until === '' ? null : new Date(until).toISOString(),
    reason: reason.trim() || null,
  };
  const act = async (): Promise<void> => {
    await control(id, { action: 'budget', body: change });
    if (openStep !== null && isRetry) await control(id, { action: 'retry', body: {} });
  };
  return (
    <ActionDialog
      title="What may it spend?"
      consequence={consequenceFor(workOrder, { isBeyond, retriedStep: isRetry ? openStep : null })}
      confirm={openStep !== null && isRetry ? 'Change the budget, and retry' : 'Change the budget'}
      isComplete={budget !== null || isOtherDaily}
      act={act}
      onClose={onClose}
    >
      {(faults) => (
        <>
          <BudgetFields
            name="budget"
            legend="Limits of this work order"
            hint="What is empty has no limit."
            value={limits}
            onChange={setLimits}
            faults={faults}
            hints={{
              cost_usd: `spent ${amount('cost_usd', spent.cost_usd)}`,
              tokens: `spent ${amount('tokens', spent.tokens)}`,
              minutes: `spent ${amount('minutes', spent.minutes)}`,
            }}
          />
          <CheckBox
            label="Budgets of days do not hold it"
            hint="It goes on although the repository or the service has spent what it may on this UTC day."
            checked={isBeyond}
            onChange={setBeyond}
          />
          {openStep !== null && (
            <CheckBox
              label={`Take it up again at ${stepTitle(openStep)}`}
              hint="One more attempt, as soon as the budget is changed."
              checked={isRetry}
              onChange={setRetry}
            />
          )}
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Field
              label="Until (optional)"
              name="until"
              hint="Then what was before counts again"
              fault={faults.get('until')}
            >
              <TextInput
                type="datetime-local"
                value={until}
                onChange={(event) => setUntil(event.currentTarget.value)}
              />
            </Field>
            <Field label="By (optional)" name="by" hint="Your name, for the history" fault={faults.get('by')}>
              <TextInput value={by} onChange={(event) => setBy(event.currentTarget.value)} autoComplete="name" />
            </Field>
          </div>
          <Field label="Reason (optional)" name="reason" hint="It stands in the history" fault={faults.get('reason')}>
            <TextInput value={reason} onChange={(event) => setReason(event.currentTarget.value)} autoComplete="off" />
          </Field>
        </>
      )}
    </ActionDialog>
  );
}

/** What holds it now; of a limit that is spent, a higher one is proposed. */
function standingNow(workOrder: WorkOrder) {
  const now = new Date().toISOString();
  const standing = standingOf(workOrder, now);
  const exhausted = exhaustedIn([standing]);
  const text = budgetTextOf(standing.budget);
  return {
    budget: standing.budget,
    isBeyond: isBeyondDaily(workOrder, now),
    isSpent: exhausted !== null,
    proposal: exhausted ? { ...text, [exhausted.measure]: String(raisedLimit(exhausted)) } : text,
  };
}

/** Only what is otherwise than before; null takes a limit away. Null as a whole where nothing is. */
function changedLimits(before: Budget, text: BudgetText): NonNullable<ChangeBudget['budget']> | null {
  const limits = limitsOf(text);
  const changed = MEASURES.filter((measure) => (limits[measure] ?? null) !== before[measure]);
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((measure) => [measure, limits[measure] ?? null]));
}

function consequenceFor(
  { status, waiting_budget }: WorkOrder,
  { isBeyond, retriedStep }: { readonly isBeyond: boolean; readonly retriedStep: string | null },
): string {
  if (retriedStep !== null)
    return `The limits count from now on, and it is taken up again at ${stepTitle(retriedStep)}; what was done before stays.`;
  if (waiting_budget !== null && isBeyond)
    return 'It goes on at once, although the budget of the day is spent: that is spent beyond it.';
  if (waiting_budget !== null) return 'The limits count from now on; it waits for the next UTC day all the same.';
  if (status === 'running')
    return 'The limits count from now on: the running agent is ended when nothing is left of them.';
  return 'The limits count from now on. Nothing goes on by itself because of that.';
}
