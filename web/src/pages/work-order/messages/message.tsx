import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { MessageView } from '../../../../../src/contract/messages.ts';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { MessageWay } from '../../../../../src/domain/message.ts';
import { editMessage, withdrawMessage } from '../../../api/messages.ts';
import { AgentText } from '../../../components/agent-text.tsx';
import { Ago } from '../../../components/ago.tsx';
import { stepTitle } from '../../../components/format.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { Button } from '../../../ui/button.tsx';
import { Field, TextArea } from '../../../ui/field.tsx';

interface MessageProps {
  readonly id: WorkOrderId;
  readonly message: MessageView;
}

/** One message; as long as nobody was given it, it can be changed and taken back. */
export function Message({ id, message }: MessageProps) {
  const { prompt_id, prompt_text, status, queued_at, edited_at } = message;
  const [draft, setDraft] = useState<string | null>(null);
  const edit = useMutation({
    mutationFn: (text: string) => editMessage(id, prompt_id, text),
    onSuccess: () => setDraft(null),
  });
  const withdraw = useMutation({ mutationFn: () => withdrawMessage(id, prompt_id) });
  const error = edit.error ?? withdraw.error;
  return (
    <li className="border-line rounded-md border p-3">
      <p className="text-soft mb-1 text-xs">
        <Where message={message} /> · sent <Ago at={queued_at} />
        {edited_at !== null && ' · edited'}
      </p>
      {draft === null ? (
        <p className={`break-words whitespace-pre-wrap ${status === 'withdrawn' ? 'text-soft line-through' : ''}`}>
          <AgentText text={prompt_text} />
        </p>
      ) : (
        <Field label="Other words" name="prompt_text">
          <TextArea value={draft} onChange={(event) => setDraft(event.currentTarget.value)} />
        </Field>
      )}
      {error && <ProblemNotice error={error} />}
      {status === 'queued' && (
        <div className="mt-2 flex gap-2">
          {draft === null ? (
            <>
              <Button onClick={() => setDraft(prompt_text)}>Edit</Button>
              <Button disabled={withdraw.isPending} onClick={() => withdraw.mutate()}>
                Withdraw
              </Button>
            </>
          ) : (
            <>
              <Button
                variant="primary"
                disabled={edit.isPending || draft.trim() === ''}
                onClick={() => edit.mutate(draft.trim())}
              >
                Save
              </Button>
              <Button variant="quiet" onClick={() => setDraft(null)}>
                Leave it as it was
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  );
}

function Where({ message: { status, given } }: { readonly message: MessageView }) {
  if (status === 'withdrawn') return <>withdrawn</>;
  if (!given) return <span className="text-waiting">queued: nobody was given it yet</span>;
  return (
    <>
      given to attempt {given.attempt} at {stepTitle(given.step)} {WAYS[given.how]}, <Ago at={given.at} />
    </>
  );
}

const WAYS: Readonly<Record<MessageWay, string>> = {
  prompt: 'with the prompt',
  mid_turn: 'in the middle of its turn',
  next_turn: 'as the next turn',
};
