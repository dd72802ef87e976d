const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The ways in which a value is likely to be written: as it is, as a part of JSON (also of JSON in JSON), of a URL, and
 * of something in base64 or base64url at each of the three places where it can begin there. Without line breaks: those
 * who look for the forms look past them.
 */
export function formsOf(value: string): readonly string[] {
  const json = inJson(value);
  const url = encodeURIComponent(value.toWellFormed());
  const base64 = [0, 1, 2].map((before) => inBase64(bytesOf(value), before));
  const forms = [
    value.replaceAll(/\r?\n[ \t]*/g, ''),
    json,
    inJson(json),
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(forms)];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** UTF-8. */
function bytesOf(text: string): readonly number[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  return (encoded.match(/%[0-9A-F]{2}|[^%]/g) ?? []).map((unit) =>
    unit.length === 3 ? Number.parseInt(unit.slice(1), 16) : (unit.codePointAt(0) ?? 0),
  );
}

/** The digits of base64 that these bytes alone decide, where so many other bytes stand before them. */
function inBase64(bytes: readonly number[], before: number): string {
  const bit = (at: number): number => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  const firstDigit = Math.ceil((before * 8) / 6);
  const endDigit = Math.floor((before * 8 + bytes.length * 8) / 6);
  let text = '';
  for (let digit = firstDigit; digit < endDigit; digit += 1) {
    let value = 0;
    for (let offset = 0; offset < 6; offset += 1) value = value * 2 + bit(digit * 6 + offset - before * 8);
    text += BASE64.charAt(value);
  }
  return text;
}
