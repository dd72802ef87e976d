import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What happens when one goes on. */
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

/** A question over the page. It is a sheet at the lower edge of a phone. */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <BaseDialog.Popup className="bg-surface border-line fixed inset-x-0 bottom-0 z-50 max-h-[90dvh] overflow-y-auto rounded-t-xl border p-5 shadow-2xl outline-none sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:w-[min(36rem,92vw)] sm:-translate-x-1/2 sm:rounded-xl">
          <div className="mb-3 flex items-start justify-between gap-4">
            <BaseDialog.Title className="text-base font-semibold">{title}</BaseDialog.Title>
            <BaseDialog.Close aria-label="Close" className="text-soft hover:text-ink -m-1 rounded p-1">
              <X className="size-4" aria-hidden />
            </BaseDialog.Close>
          </div>
          {description !== undefined && (
            <BaseDialog.Description render={<div />} className="text-soft mb-4 leading-relaxed">
              {description}
            </BaseDialog.Description>
          )}
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
