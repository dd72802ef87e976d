import { InvalidArgumentError } from 'commander';

const USUAL_DIGITS = 6;

/** A count that a flag was given. */
export function positive(text: string): number {
  return wholeNumber(text, USUAL_DIGITS);
}

/** A number of tokens. */
export function tokens(text: string): number {
  return wholeNumber(text, 12);
}

function wholeNumber(text: string, digits: number): number {
  if (/^[1-9]\d*$/.test(text) && text.length <= digits) return Number(text);
  throw new InvalidArgumentError(`Give a whole number from 1 to ${'9'.repeat(digits)}.`);
}

/** Money or minutes: a number greater than 0, with or without a fraction. */
export function amount(text: string): number {
  if (/^\d{1,6}(?:\.\d{1,6})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Give a number greater than 0, such as 2 or 0.50.');
}
