/** How much of what a program said is kept, in UTF-16 units. */
const MAX_KEPT = 16 * 1_024;

/** The end of what a program said, in bounded memory. */
export class OutputEnd {
  #lines: string[] = [];
  #characters = 0;
  #dropped = false;

  add(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length + 1;
    // As much again, so that a secret at the edge is seen whole before it is cut.
    if (this.#characters > 4 * MAX_KEPT) this.#shorten();
  }

  #shorten(): void {
    const text = this.#lines.join('\n').slice(-2 * MAX_KEPT);
    this.#lines = [text];
    this.#characters = text.length + 1;
    this.#dropped = true;
  }

  /** `redact` is given more than what is kept of its result. */
  read(redact: (text: string) => string): { readonly text: string; readonly cut: boolean } {
    const text = redact(this.#lines.join('\n'));
    return { text: text.slice(-MAX_KEPT), cut: this.#dropped || text.length > MAX_KEPT };
  }
}
