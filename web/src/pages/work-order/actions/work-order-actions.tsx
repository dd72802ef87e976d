import { Menu } from '@base-ui/react/menu';
import { ChevronDown, CirclePause, CirclePlay, CircleSlash, GitFork, RotateCcw, Undo2, Wallet } from 'lucide-react';
import { useMemo } from 'react';
import type { LucideIcon } from 'lucide-react';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { usePaletteCommands } from '../../../hooks/use-palette-commands.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import type { Offers } from '../offers.ts';
import { ForkDialog, RetryDialog, RewindDialog } from './again-dialogs.tsx';
import { BudgetDialog } from './budget-dialog.tsx';
import { ResumeButton } from './resume-button.tsx';
import { ApproveDialog, CancelDialog, PauseDialog, RejectDialog } from './simple-dialogs.tsx';

export type ActionName = 'approve' | 'reject' | 'retry' | 'rewind' | 'fork' | 'budget' | 'pause' | 'cancel';

interface Action {
  readonly name: ActionName;
  readonly title: string;
  readonly symbol: LucideIcon;
}

const APPROVAL = [
  { name: 'approve', title: 'Approve …' },
  { name: 'reject', title: 'Reject …' },
] as const;

const LESS_OFTEN: readonly Action[] = [
  { name: 'retry', title: 'Retry …', symbol: RotateCcw },
  { name: 'rewind', title: 'Rewind …', symbol: Undo2 },
  { name: 'fork', title: 'Fork …', symbol: GitFork },
  { name: 'budget', title: 'Budget …', symbol: Wallet },
  { name: 'pause', title: 'Pause …', symbol: CirclePause },
  { name: 'cancel', title: 'Cancel …', symbol: CircleSlash },
];

interface WorkOrderActionsProps {
  readonly workOrder: WorkOrder;
  readonly offers: Offers;
  /** Whose dialog is open; null for none. */
  readonly open: ActionName | null;
  readonly onOpen: (name: ActionName | null) => void;
  /** Something was done: an ended work order may go on. */
  readonly onDone: () => void;
}

/** What can be done with the work order as it stands, and nothing that would be refused. */
export function WorkOrderActions({ workOrder, offers, open, onOpen, onDone }: WorkOrderActionsProps) {
  const offered = LESS_OFTEN.filter(({ name }) => isOffered(name, offers));
  const commands = useMemo(() => {
    const approval = offers.approve ? APPROVAL : [];
    return [...approval, ...LESS_OFTEN.filter(({ name }) => isOffered(name, offers))].map(({ title, name }) => ({
      title,
      hint: 'this work order',
      run: () => onOpen(name),
    }));
  }, [offers, onOpen]);
  usePaletteCommands(commands);
  const close = (): void => {
    onOpen(null);
    onDone();
  };
  const isRetryFirst = workOrder.status === 'failed' || workOrder.status === 'cancelled';
  return (
    <div className="flex flex-wrap items-center gap-2">
      {offers.approve && (
        <>
          <Button variant="primary" onClick={() => onOpen('approve')}>
            Approve …
          </Button>
          <Button variant="danger" onClick={() => onOpen('reject')}>
            Reject …
          </Button>
        </>
      )}
      {offers.raiseBudget && (
        <Button variant="primary" onClick={() => onOpen('budget')}>
          <Wallet aria-hidden />
          Raise the budget …
        </Button>
      )}
      {offers.resume && (
        <ResumeButton
          id={workOrder.agent_work_order_id}
          variant={offers.raiseBudget ? 'plain' : 'primary'}
          onDone={onDone}
        >
          <CirclePlay aria-hidden />
          {workOrder.waiting_reason === 'paused' || workOrder.pause_requested ? 'Go on' : 'Try it now'}
        </ResumeButton>
      )}
      {isRetryFirst && offers.retry.length > 0 && (
        <Button variant={offers.raiseBudget ? 'plain' : 'primary'} onClick={() => onOpen('retry')}>
          <RotateCcw aria-hidden />
          Retry …
        </Button>
      )}
      {offered.length > 0 && <More actions={offered} onChoose={onOpen} />}
      {open && <OpenDialog name={open} workOrder={workOrder} offers={offers} onClose={close} />}
    </div>
  );
}

interface MoreProps {
  readonly actions: readonly Action[];
  readonly onChoose: (name: ActionName) => void;
}

function More({ actions, onChoose }: MoreProps) {
  return (
    <Menu.Root>
      <Menu.Trigger className={buttonClass()}>
        Actions
        <ChevronDown aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="z-40 outline-none" sideOffset={4} align="end">
          <Menu.Popup className="bg-surface border-line min-w-40 rounded-md border py-1 shadow-lg outline-none">
            {actions.map(({ name, title, symbol: Symbol }) => (
              <Menu.Item
                key={name}
                onClick={() => onChoose(name)}
                className="data-[highlighted]:bg-raised flex min-h-9 cursor-pointer items-center gap-2 px-3 outline-none"
              >
                <Symbol className="size-4" aria-hidden />
                {title}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

interface OpenDialogProps {
  readonly name: ActionName;
  readonly workOrder: WorkOrder;
  readonly offers: Offers;
  readonly onClose: () => void;
}

function OpenDialog({ name, workOrder, offers, onClose }: OpenDialogProps) {
  // It has moved on while somebody was thinking.
  if (!isOffered(name, offers)) return null;
  const props = { workOrder, onClose };
  switch (name) {
    case 'approve':
      return <ApproveDialog {...props} />;
    case 'reject':
      return <RejectDialog {...props} />;
    case 'retry':
      return <RetryDialog {...props} steps={offers.retry} canKeepWork={offers.keepWork} />;
    case 'rewind':
      return <RewindDialog {...props} steps={offers.rewind} />;
    case 'fork':
      return <ForkDialog {...props} steps={offers.fork} />;
    case 'budget':
      return <BudgetDialog {...props} />;
    case 'pause':
      return <PauseDialog {...props} />;
    case 'cancel':
      return <CancelDialog {...props} />;
  }
}

/** Whether it would not be refused as the work order stands. */
export function isOffered(name: ActionName, offers: Offers): boolean {
  if (name === 'retry' || name === 'rewind' || name === 'fork') return offers[name].length > 0;
  return name === 'reject' ? offers.approve : offers[name];
}
