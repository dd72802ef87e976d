import type { ReactNode } from 'react';
import type { DiagnosisView } from '../../../../src/contract/diagnosis.ts';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { Button } from '../../ui/button.tsx';
import { ResumeButton } from './actions/resume-button.tsx';
import type { ActionName } from './actions/work-order-actions.tsx';
import { isOffered } from './actions/work-order-actions.tsx';
import type { Offers } from './offers.ts';
import type { Tab } from './search.ts';

export interface RemedyWays {
  readonly workOrder: WorkOrder;
  readonly offers: Offers;
  /** Opens the dialog of an action. */
  readonly onAction: (name: ActionName) => void;
  readonly onTab: (tab: Tab) => void;
  /** It was let go on. */
  readonly onDone: () => void;
}

interface RemedyProps extends RemedyWays {
  readonly remedy: DiagnosisView['remedies'][number];
}

/** What a person may do: as a button where the page can do it, with the command in small print. */
export function Remedy({ remedy: { text, command }, ...ways }: RemedyProps) {
  const button = command === null ? null : buttonFor(command, ways);
  // The button says what a sentence says; a text with a colon leads to it.
  const isSaid = button !== null && !text.endsWith(':');
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {!isSaid && <span>{text}</span>}
      {button}
      {command !== null && <code className="text-soft font-mono text-xs break-all">{command}</code>}
    </li>
  );
}

/** What the page has for a command of `awo`; null where it has nothing, or where that does not fit now. */
function buttonFor(command: string, { workOrder, offers, onAction, onTab, onDone }: RemedyWays): ReactNode {
  const [, verb = ''] = command.split(' ');
  const dialog = (name: ActionName, title: string): ReactNode =>
    isOffered(name, offers) ? <Button onClick={() => onAction(name)}>{title}</Button> : null;
  switch (verb) {
    case 'approve':
      return dialog('approve', 'Let it go on …');
    case 'reject':
      return dialog('reject', 'Say what shall be otherwise …');
    case 'retry':
      return dialog('retry', command.includes('--with-agent') ? 'Try another agent …' : 'Try the step again …');
    case 'budget':
      return dialog('budget', command.includes('--beyond-daily') ? 'Spend beyond the day …' : 'Let it spend more …');
    case 'cancel':
      return dialog('cancel', 'End it …');
    case 'plan':
      return <Button onClick={() => onTab('plan')}>Read the plan</Button>;
    case 'logs':
      return <Button onClick={() => onTab('log')}>Read the log</Button>;
    case 'resume':
      return offers.resume ? (
        <ResumeButton id={workOrder.agent_work_order_id} variant="plain" onDone={onDone}>
          Let it go on now
        </ResumeButton>
      ) : null;
    default:
      return null;
  }
}
