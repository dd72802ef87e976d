import { Field as BaseField } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface FieldProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly hint?: ReactNode;
  /** What the service says is wrong with it. */
  readonly fault?: string | undefined;
  readonly children: ReactNode;
}

/** A control with its label, hint and fault, tied together for screen readers. */
export function Field({ label, name, hint, fault, children }: FieldProps) {
  return (
    <BaseField.Root name={name} invalid={fault !== undefined} className="flex flex-col gap-1">
      <BaseField.Label className="font-medium">{label}</BaseField.Label>
      {children}
      {hint !== undefined && <BaseField.Description className="text-soft text-xs">{hint}</BaseField.Description>}
      <BaseField.Error match={fault !== undefined} className="text-bad text-xs" role="alert">
        {fault}
      </BaseField.Error>
    </BaseField.Root>
  );
}

export const CONTROL =
  'bg-surface border-line-strong placeholder:text-soft/70 data-[invalid]:border-bad w-full rounded-md border px-2.5 py-1.5';

/** Within a `Field`. */
export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return <BaseField.Control {...rest} className={classNames(CONTROL, className)} />;
}

/** Within a `Field`. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <BaseField.Control
      render={<textarea {...rest} />}
      className={classNames(CONTROL, 'min-h-28 leading-relaxed', className)}
    />
  );
}

/** Within a `Field`. The browser's own list: it is at home on every system and needs no script. */
export function SelectInput({ className, ...rest }: ComponentProps<'select'>) {
  return <BaseField.Control render={<select {...rest} />} className={classNames(CONTROL, className)} />;
}
