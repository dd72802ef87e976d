/**
 * A text in which GitLab finds nothing to carry out: a line that begins with `/merge` or `/approve` would be done in the
 * name of whoever the token is of, and the text is an agent's. The backslash is not shown.
 */
export function withoutQuickActions(text: string): string {
  return text.replaceAll(/^\/(?=[a-z_]+(?:\s|$))/gim, String.raw`\/`);
}
