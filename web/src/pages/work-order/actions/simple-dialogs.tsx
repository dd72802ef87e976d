import { useState } from 'react';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { control } from '../../../api/control.ts';
import { Field, TextArea } from '../../../ui/field.tsx';
import { ActionDialog } from './action-dialog.tsx';

interface SimpleDialogProps {
  readonly workOrder: WorkOrder;
  readonly onClose: () => void;
}

export function CancelDialog({ workOrder: { agent_work_order_id: id, in_progress }, onClose }: SimpleDialogProps) {
  return (
    <ActionDialog
      title="Cancel this work order?"
      consequence={`${in_progress ? 'The agent is ended with all it has started; what the running attempt has done is lost.' : 'Nothing runs that would be cut.'} What earlier steps have left is kept: it can be taken up again with a retry. What was pushed stays.`}
      confirm="Cancel the work order"
      isDanger
      act={() => control(id, { action: 'cancel' })}
      onClose={onClose}
    />
  );
}

export function PauseDialog({ workOrder: { agent_work_order_id: id, in_progress }, onClose }: SimpleDialogProps) {
  return (
    <ActionDialog
      title="Pause this work order?"
      consequence={`${in_progress ? `The running attempt at ${in_progress.step} goes to its end; no other one begins.` : 'It begins no step.'} It waits until somebody lets it go on, also over a restart of the service.`}
      confirm="Pause"
      act={() => control(id, { action: 'pause' })}
      onClose={onClose}
    />
  );
}

export function ApproveDialog({ workOrder: { agent_work_order_id: id, plan_version }, onClose }: SimpleDialogProps) {
  const [comment, setComment] = useState('');
  return (
    <ActionDialog
      title="Approve, and let it go on?"
      consequence={`The next step begins at once${plan_version > 0 ? `, with version ${plan_version} of the plan` : ''}.`}
      confirm="Approve"
      act={() => control(id, { action: 'approve', body: { comment: comment.trim() || null } })}
      onClose={onClose}
    >
      <Field label="Comment (optional)" name="comment" hint="It stands in the history; the agent is not told.">
        <TextArea value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      </Field>
    </ActionDialog>
  );
}

export function RejectDialog({ workOrder, onClose }: SimpleDialogProps) {
  const [reason, setReason] = useState('');
  const { agent_work_order_id: id, steps } = workOrder;
  const hasWork = steps.some(({ step, status }) => step === 'implement' && status === 'succeeded');
  return (
    <ActionDialog
      title="Reject, with a reason?"
      consequence={`It goes back to ${hasWork ? 'the implementor' : 'the planner'} with your reason in the prompt: one more attempt. What it makes then wants an approval again; the earlier versions can still be read.`}
      confirm="Reject"
      isDanger
      isComplete={reason.trim() !== ''}
      act={() => control(id, { action: 'reject', body: { reason: reason.trim() } })}
      onClose={onClose}
    >
      <Field label="What shall be otherwise" name="reason">
        <TextArea required value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      </Field>
    </ActionDialog>
  );
}
