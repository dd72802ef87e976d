import { Tabs } from '@base-ui/react/tabs';
import { Suspense } from 'react';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { isTerminal } from '../../../../src/domain/work-order.ts';
import type { StepName } from '../../../../src/domain/workflow.ts';
import { stepTitle } from '../../components/format.ts';
import { lazyPart } from '../../hooks/lazy-part.ts';
import { EventsPanel } from './events-panel.tsx';
import { MessagesPanel } from './messages/messages-panel.tsx';
import type { Offers } from './offers.ts';
import { PlanPanel } from './plan/plan-panel.tsx';
import { PromptPanel } from './prompt-panel.tsx';
import type { Tab } from './search.ts';
import { TABS } from './search.ts';
import type { LiveWorkOrder } from './use-live-work-order.ts';

const LogPanel = lazyPart(() => import('./log/log-panel.tsx').then(({ LogPanel }) => LogPanel));
const DiffPanel = lazyPart(() => import('./diff/diff-panel.tsx').then(({ DiffPanel }) => DiffPanel));

interface WorkOrderTabsProps {
  readonly workOrder: WorkOrder;
  readonly live: LiveWorkOrder;
  readonly offers: Offers;
  /** The chosen step; null for all of them. */
  readonly step: StepName | null;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

/** What there is to read of a work order, one kind at a time. */
export function WorkOrderTabs(props: WorkOrderTabsProps) {
  const { tab, onTab, step, workOrder } = props;
  const queued = workOrder.messages.length;
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(value) => onTab(TABS.find((name) => name === value) ?? 'log')}
      className="min-w-0"
    >
      <Tabs.List className="border-line mb-3 flex gap-1 overflow-x-auto border-b">
        {TABS.map((name) => (
          <Tabs.Tab
            key={name}
            value={name}
            className="text-soft hover:text-ink data-[active]:text-ink data-[active]:border-accent -mb-px border-b-2 border-transparent px-3 py-2 font-medium whitespace-nowrap capitalize -outline-offset-2"
          >
            {name}
            {name === 'messages' && queued > 0 && ` (${queued})`}
          </Tabs.Tab>
        ))}
        {step && (tab === 'log' || tab === 'diff' || tab === 'prompt') && (
          <span className="text-soft ml-auto self-center text-xs whitespace-nowrap">of {stepTitle(step)}</span>
        )}
      </Tabs.List>
      <Tabs.Panel value={tab} className="outline-none">
        <Suspense fallback={<p className="text-soft p-8 text-center">Loading …</p>}>
          <Content {...props} />
        </Suspense>
      </Tabs.Panel>
    </Tabs.Root>
  );
}

function Content({ workOrder, live, offers, step, tab }: WorkOrderTabsProps) {
  const id = workOrder.agent_work_order_id;
  switch (tab) {
    case 'log':
      return <LogPanel id={id} step={step} isLive={!isTerminal(workOrder.status)} />;
    case 'diff':
      return <DiffPanel id={id} step={step} revision={revisionOf(live)} />;
    case 'plan':
      return <PlanPanel workOrder={workOrder} canEdit={offers.editPlan} />;
    case 'messages':
      return <MessagesPanel workOrder={workOrder} canSend={offers.message} />;
    case 'prompt':
      return <PromptPanel id={id} live={live} step={step} />;
    case 'events':
      return <EventsPanel events={live.events} />;
  }
}

/** The working copy is kept at the end of each attempt, and what is delivered by effects. */
function revisionOf({ events }: LiveWorkOrder): number {
  return events.findLast(({ type }) => type === 'attempt_finished' || type === 'effect_done')?.seq ?? 0;
}
