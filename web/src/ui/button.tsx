import { Button as BaseButton } from '@base-ui/react/button';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

const VARIANTS = {
  primary: 'bg-accent-fill text-white border-transparent hover:brightness-110',
  plain: 'bg-surface text-ink border-line-strong hover:bg-raised',
  quiet: 'bg-transparent text-soft border-transparent hover:bg-raised hover:text-ink',
  danger: 'bg-surface text-bad border-bad/50 hover:bg-bad-wash',
};

export interface ButtonProps extends Omit<ComponentProps<typeof BaseButton>, 'className'> {
  readonly variant?: keyof typeof VARIANTS;
  readonly className?: string;
}

export function Button({ variant = 'plain', className, ...rest }: ButtonProps) {
  return <BaseButton {...rest} className={classNames(buttonClass(variant), className)} />;
}

/** For links that look like a button. */
export function buttonClass(variant: keyof typeof VARIANTS = 'plain'): string {
  return classNames(
    'inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 py-1 text-sm font-medium whitespace-nowrap select-none',
    'data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    VARIANTS[variant],
  );
}
