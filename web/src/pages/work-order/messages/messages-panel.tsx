import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { messagesQuery, sendMessage } from '../../../api/messages.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { Button } from '../../../ui/button.tsx';
import { Field, TextArea } from '../../../ui/field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Message } from './message.tsx';

interface MessagesPanelProps {
  readonly workOrder: WorkOrder;
  readonly canSend: boolean;
}

/** Words for the agent: those that wait, those that were given, and room for more. */
export function MessagesPanel({ workOrder, canSend }: MessagesPanelProps) {
  const { agent_work_order_id: id, last_seq } = workOrder;
  const { data: messages, error } = useQuery({
    ...messagesQuery(id, last_seq),
    placeholderData: (known) => known,
  });
  return (
    <Panel aria-label="Messages" className="flex flex-col gap-4 p-4">
      {error && <ProblemNotice error={error} />}
      {messages?.length === 0 && <p className="text-soft">Nobody has sent the agent a message.</p>}
      {messages && messages.length > 0 && (
        <ol className="flex flex-col gap-3">
          {messages.map((message) => (
            <Message key={message.prompt_id} id={id} message={message} />
          ))}
        </ol>
      )}
      {canSend ? (
        <NewMessage workOrder={workOrder} />
      ) : (
        <p className="text-soft">
          No agent is asked any more as it stands. A retry takes words for the agent: see “Actions”.
        </p>
      )}
    </Panel>
  );
}

function NewMessage({ workOrder: { agent_work_order_id: id } }: { readonly workOrder: WorkOrder }) {
  const [text, setText] = useState('');
  const message = useMutation({ mutationFn: () => sendMessage(id, text.trim()), onSuccess: () => setText('') });
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '' && !message.isPending) message.mutate();
      }}
    >
      <Field
        label="Message to the agent"
        name="prompt_text"
        hint="Given to the planner or the implementor: in the middle of its turn where its program takes that, else as the next turn of its session, or with the next attempt. Until then it can be changed."
      >
        <TextArea value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </Field>
      {message.error && <ProblemNotice error={message.error} />}
      <Button type="submit" variant="primary" className="self-start" disabled={message.isPending || text.trim() === ''}>
        Send
      </Button>
    </form>
  );
}
