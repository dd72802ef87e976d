import { useMutation } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { editPlan } from '../../../api/control.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { lazyPart } from '../../../hooks/lazy-part.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, TextArea } from '../../../ui/field.tsx';

const Markdown = lazyPart(() => import('../../../components/markdown.tsx').then(({ Markdown }) => Markdown));

interface EditPlanProps {
  readonly id: WorkOrderId;
  /** The version that was read: when somebody was faster, the service refuses. */
  readonly version: number;
  readonly markdown: string;
  readonly onClose: () => void;
}

/** Another version of the plan, beside the one that is there. */
export function EditPlan({ id, version, markdown, onClose }: EditPlanProps) {
  const [text, setText] = useState(markdown);
  const [isPreview, setIsPreview] = useState(false);
  const save = useMutation({ mutationFn: () => editPlan(id, { markdown: text, version }), onSuccess: onClose });
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {isPreview ? (
        <Suspense fallback={<p className="text-soft">Loading …</p>}>
          <Markdown text={text} />
        </Suspense>
      ) : (
        <Field
          label="Plan in Markdown"
          name="markdown"
          hint={`It is saved as version ${version + 1}; version ${version} can still be read. Approve it to have it carried out.`}
        >
          <TextArea
            required
            className="min-h-[50dvh] font-mono text-xs"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Field>
      )}
      {save.error && <ProblemNotice error={save.error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={save.isPending || text.trim() === '' || text === markdown}>
          Save as version {version + 1}
        </Button>
        <Button aria-pressed={isPreview} onClick={() => setIsPreview(!isPreview)}>
          {isPreview ? 'Write' : 'Preview'}
        </Button>
        <Button variant="quiet" onClick={onClose}>
          Leave it as it was
        </Button>
      </div>
    </form>
  );
}
