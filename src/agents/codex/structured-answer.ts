import { answerObject } from './schema.ts';

/** A structured answer out of the last message; undefined where the message is no object of JSON. */
export function structuredAnswer(message: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return answerObject.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

/** For a person: a line or a paragraph for each property. */
export function readableAnswer(answer: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(answer).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.includes('\n') ? `${name}:\n${text}` : `${name}: ${text}`;
  });
  return parts.join(parts.some((part) => part.includes('\n')) ? '\n\n' : '\n');
}
