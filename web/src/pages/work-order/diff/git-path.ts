const NAMED: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A path as git writes it: with quotation marks when it holds what is not plain, its bytes in octal then. */
export function gitPath(written: string): string {
  // A name with a space ends in a tab.
  const text = written.endsWith('\t') ? written.slice(0, -1) : written;
  if (!text.startsWith('"')) return text;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [, octal, named, plain] of text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (named !== undefined) bytes.push(NAMED[named] ?? named.charCodeAt(0));
    else bytes.push(...encoder.encode(plain));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** The path in `diff --git a/x b/x`, for a file that says it nowhere else: it is the same twice. */
export function pathOfHeader(names: string): string {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(names)?.[0];
  return gitPath(quoted ?? names.slice(0, (names.length - 1) / 2)).slice(2);
}
