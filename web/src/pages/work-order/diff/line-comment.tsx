import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { send } from '../../../api/request.ts';
import { workOrderPath } from '../../../api/work-orders.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { Button } from '../../../ui/button.tsx';
import { Field, TextArea } from '../../../ui/field.tsx';

/** A line of a diff that somebody has something to say about. */
export interface CommentedLine {
  readonly path: string;
  readonly line: number;
  /** What stands there, and whether it is there no more. */
  readonly text: string;
  readonly isRemoved: boolean;
}

interface LineCommentProps {
  readonly id: WorkOrderId;
  readonly at: CommentedLine;
  readonly onClose: () => void;
}

/** Words about a line, which become a message for the agent. */
export function LineComment({ id, at, onClose }: LineCommentProps) {
  const [words, setWords] = useState('');
  const message = useMutation({
    mutationFn: () =>
      send(workOrderPath(id, '/prompt'), { method: 'POST', body: { prompt_text: promptOf(at, words.trim()) } }),
  });
  if (message.isSuccess) {
    return (
      <output className="bg-good-wash border-line flex items-center gap-3 border-y p-3 font-sans">
        Sent. The agent is given it at the end of its turn, or with the next step that asks an agent.
        <Button variant="quiet" className="ml-auto" onClick={onClose}>
          Close
        </Button>
      </output>
    );
  }
  return (
    <form
      className="bg-surface border-line flex flex-col gap-2 border-y p-3 font-sans text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        message.mutate();
      }}
    >
      <Field label={`Message to the agent about line ${at.line}`} name="comment">
        <TextArea
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- one has just asked for it
          autoFocus
          required
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onClose();
          }}
        />
      </Field>
      {message.error && <ProblemNotice error={message.error} />}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" disabled={message.isPending || words.trim() === ''}>
          Send to the agent
        </Button>
        <Button variant="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function promptOf({ path, line, text, isRemoved }: CommentedLine, words: string): string {
  const where = isRemoved ? `the removed line ${line} of ${path}` : `${path}, line ${line}`;
  return `About ${where}:\n\n> ${text}\n\n${words}`;
}
