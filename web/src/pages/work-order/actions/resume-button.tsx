import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { control } from '../../../api/control.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import type { ButtonProps } from '../../../ui/button.tsx';
import { Button } from '../../../ui/button.tsx';

interface ResumeButtonProps {
  readonly id: WorkOrderId;
  readonly variant: ButtonProps['variant'];
  readonly onDone: () => void;
  readonly children: ReactNode;
}

/** Lets a work order go on at once: nothing is lost by it, so that nothing is asked. */
export function ResumeButton({ id, variant = 'plain', onDone, children }: ResumeButtonProps) {
  const resume = useMutation({ mutationFn: () => control(id, { action: 'resume' }), onSuccess: onDone });
  return (
    <>
      <Button variant={variant} disabled={resume.isPending} onClick={() => resume.mutate()}>
        {children}
      </Button>
      {resume.error && <ProblemNotice error={resume.error} />}
    </>
  );
}
