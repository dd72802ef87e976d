import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { firstOpenStep } from '../../../../../src/domain/work-order.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import { control, fork } from '../../../api/control.ts';
import { count, stepTitle } from '../../../components/format.ts';
import { CheckBox } from '../../../ui/check-box.tsx';
import { Field, TextArea } from '../../../ui/field.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { NO_WISH, StepField, WishFields, wishBody } from './wish-fields.tsx';

interface AgainDialogProps {
  readonly workOrder: WorkOrder;
  /** Those that may be chosen; never empty. */
  readonly steps: readonly StepName[];
  readonly onClose: () => void;
}

interface RetryDialogProps extends AgainDialogProps {
  /** Whether the last attempt at implement has left work that can be gone on with. */
  readonly canKeepWork: boolean;
}

export function RetryDialog({ workOrder, steps, canKeepWork, onClose }: RetryDialogProps) {
  const [step, setStep] = useState(() => firstChoice(steps, firstOpenStep(workOrder)));
  const [wish, setWish] = useState(NO_WISH);
  const [wantsWork, setWantsWork] = useState(false);
  const offersWork = canKeepWork && step === 'implement';
  const keepsWork = offersWork && wantsWork;
  const body = { from_step: step, keep_work: keepsWork, ...wishBody(wish) };
  return (
    <ActionDialog
      title="Take it up again?"
      consequence={keepsWork ? onTop(workOrder, step) : anew(workOrder, step)}
      confirm="Retry"
      act={() => control(workOrder.agent_work_order_id, { action: 'retry', body })}
      onClose={onClose}
    >
      <StepField label="From the step" steps={steps} step={step} onStep={setStep} />
      {offersWork && (
        <CheckBox
          label="Go on with what the last attempt has made"
          hint="Else the step begins with the files as the step before it has left them."
          checked={wantsWork}
          onChange={setWantsWork}
        />
      )}
      <WishFields wish={wish} onWish={setWish} hint="Put behind the prompt of the next agent that is asked." />
    </ActionDialog>
  );
}

export function RewindDialog({ workOrder, steps, onClose }: AgainDialogProps) {
  const [step, setStep] = useState(() => firstChoice(steps, steps.at(-1) ?? null));
  const [wish, setWish] = useState(NO_WISH);
  return (
    <ActionDialog
      title="Go back to the end of a step?"
      consequence={anew(workOrder, stepAfter(workOrder, step))}
      confirm="Go back"
      act={() =>
        control(workOrder.agent_work_order_id, { action: 'rewind', body: { to_step: step, ...wishBody(wish) } })
      }
      onClose={onClose}
    >
      <StepField label="To the end of" steps={steps} step={step} onStep={setStep} />
      <WishFields wish={wish} onWish={setWish} hint="Put behind the prompt of the next agent that is asked." />
    </ActionDialog>
  );
}

export function ForkDialog({ workOrder, steps, onClose }: AgainDialogProps) {
  const [step, setStep] = useState(() => firstChoice(steps, steps.at(-1) ?? null));
  const [wish, setWish] = useState(NO_WISH);
  const [request, setRequest] = useState(workOrder.user_request);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const navigate = useNavigate();
  const act = async (): Promise<void> => {
    const changed = request.trim() === workOrder.user_request ? null : request.trim();
    const body = { from_step: step, user_request: changed, ...wishBody(wish) };
    const { agent_work_order_id: id } = await fork(workOrder.agent_work_order_id, body, idempotencyKey);
    await navigate({ to: '/work-orders/$id', params: { id } });
  };
  return (
    <ActionDialog
      title="Try something else from here?"
      consequence={`A new work order goes on from the end of ${stepTitle(step)}, with the working copy as it was then. This one is left alone. The fork makes its own branch, commit and pull request; what it inherits costs nothing.`}
      confirm="Make the fork"
      isComplete={request.trim() !== ''}
      act={act}
      onClose={onClose}
    >
      <StepField label="After the step" steps={steps} step={step} onStep={setStep} />
      <Field label="Request" name="user_request">
        <TextArea required value={request} onChange={(event) => setRequest(event.currentTarget.value)} />
      </Field>
      <WishFields wish={wish} onWish={setWish} hint="A message for its first attempt at plan or implement." />
    </ActionDialog>
  );
}

/** What going on from a step keeps, and what it makes once more. */
function anew(workOrder: WorkOrder, from: StepName): string {
  const before = workOrder.steps[workOrder.steps.findIndex(({ step }) => step === from) - 1];
  const kept = before
    ? `Everything up to ${stepTitle(before.step)} is kept, and the working copy is as that step has left it.`
    : 'The working copy is made anew from the base.';
  return `${kept} ${costOf(workOrder, from)}`;
}

/** The same, on top of what an attempt has made that did not succeed. */
function onTop(workOrder: WorkOrder, from: StepName): string {
  return `The working copy is as the last attempt at ${stepTitle(from)} has left it; the agent is told so. ${costOf(workOrder, from)}`;
}

function costOf({ steps, git_commit }: WorkOrder, from: StepName): string {
  const place = steps.findIndex(({ step }) => step === from);
  const costs = `${count(steps.length - place, 'step')} from ${stepTitle(from)} on ${steps.length - place === 1 ? 'is' : 'are'} made anew, each with one more attempt; the earlier ones stay in the history.`;
  const pushed = git_commit === null ? '' : ' Its branch and pull request stay; the commit on them is replaced.';
  return `${costs}${pushed}`;
}

function stepAfter({ steps }: WorkOrder, step: StepName): StepName {
  return steps[steps.findIndex((state) => state.step === step) + 1]?.step ?? step;
}

function firstChoice(steps: readonly StepName[], wanted: StepName | null): StepName {
  const choice = steps.find((step) => step === wanted) ?? steps[0];
  if (choice === undefined) throw new Error('there is no step to choose');
  return choice;
}
