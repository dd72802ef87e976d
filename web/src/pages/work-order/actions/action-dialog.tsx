import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ReactNode } from 'react';
import { faultsOf } from '../../../components/faults.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { useFocusOnFault } from '../../../hooks/use-form-keys.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';

interface ActionDialogProps {
  readonly title: string;
  /** What is kept, what is made anew, what it costs. */
  readonly consequence: ReactNode;
  /** On the button that does it. */
  readonly confirm: string;
  readonly isDanger?: boolean;
  /** False while something is missing. */
  readonly isComplete?: boolean;
  readonly act: () => Promise<void>;
  readonly onClose: () => void;
  /** Fields that show their own faults are given them by their paths. */
  readonly children?: ReactNode | ((faults: ReadonlyMap<string, string>) => ReactNode);
}

const NO_FAULTS: ReadonlyMap<string, string> = new Map();

/** Says what will happen, does it once however often one clicks, and shows a refusal where it came about. */
export function ActionDialog(props: ActionDialogProps) {
  const { title, consequence, confirm, isDanger = false, isComplete = true, act, onClose, children } = props;
  const isBusy = useRef(false);
  const action = useMutation({
    mutationFn: act,
    onSuccess: onClose,
    onSettled: () => {
      isBusy.current = false;
    },
  });
  const form = useRef<HTMLFormElement>(null);
  useFocusOnFault(form, action.error);
  const faults = typeof children === 'function' ? faultsOf(action.error) : NO_FAULTS;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={consequence}>
      <form
        ref={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // The second click of a double click comes before the button is shown as disabled.
          if (isBusy.current || !isComplete) return;
          isBusy.current = true;
          action.mutate();
        }}
      >
        {typeof children === 'function' ? children(faults) : children}
        {action.error && faults.size === 0 && <ProblemNotice error={action.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button
            type="submit"
            variant={isDanger ? 'danger' : 'primary'}
            disabled={action.isPending || !isComplete}
            focusableWhenDisabled
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
