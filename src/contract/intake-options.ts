import { z } from 'zod';
import { option } from './option.ts';

/** Links are made by what follows it. */
function isPublicUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}

/** Work orders that come from issues by webhook, and how they are answered there. */
export const intakeOptions = {
  intakeLabel: option(
    z
      .string()
      .regex(/^[^\s\p{Cc}](?:[^\p{Cc}]{0,98}[^\s\p{Cc}])?$/u)
      .default('work-order'),
    {
      environment: 'AWO_INTAKE_LABEL',
      form: 'text',
      allowed: 'the name of a label',
      description: 'The label that makes a work order of an issue, where the forge tells the service by webhook.',
    },
  ),
  publicUrl: option(
    z
      .string()
      .refine(isPublicUrl)
      .transform((url) => url.replace(/\/+$/, ''))
      .nullable()
      .default(null),
    {
      environment: 'AWO_PUBLIC_URL',
      form: 'text',
      allowed: 'an http or https URL without a user name, a query or a fragment',
      defaultText: 'none: comments name the command that follows the work order',
      description: 'Where people reach this service; comments on issues link there.',
    },
  ),
};
