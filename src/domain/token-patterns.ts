/*
 * Tokens that say by their form what they are. One expression, so that a text is read once; each alternative begins
 * with letters that it cannot do without.
 */
const TOKENS = new RegExp(
  [
    // Behind a word they are a part of it (`task-…`), unless that word is the `n` of a line break in JSON.
    String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))(?:`,
    [
      String.raw`(?<github>gh[opsur]_[A-Za-z0-9]{20,255}|ghs_[0-9]{1,20}_eyJ[A-Za-z0-9_.-]{20,4096}|github_pat_[A-Za-z0-9_]{20,255})`,
      String.raw`(?<gitlab>gl(?:pat|oas|rt|dt|ptt|cbt|ft|soat|agent)-[A-Za-z0-9_.-]{16,255})`,
      String.raw`(?<anthropic>sk-ant-[A-Za-z0-9_-]{16,512})`,
      String.raw`(?<openai>sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{20,512})`,
      String.raw`(?<google>AIza[A-Za-z0-9_-]{35})`,
      String.raw`(?<aws>A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9]))`,
      String.raw`(?<slack>xox[abeoprs]-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{20,255})`,
      String.raw`(?<npm>npm_[A-Za-z0-9]{36})`,
      String.raw`(?<jwt>eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{4,8192}\.[A-Za-z0-9_-]{8,2048})`,
    ].join('|'),
    ')',
    String.raw`|(?<header>[Aa]uthorization["'\\]{0,2}[ \t]{0,4}[:=][ \t]{0,4}["'\\]{0,2}(?:[Bb]earer|[Bb]asic|[Tt]oken)[ \t]{1,4})[A-Za-z0-9._~+/=-]{8,8192}`,
    String.raw`|(?<pem>-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----(?:[A-Za-z0-9+/=:,\s-]|\\[rn])*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|(?![A-Za-z0-9+/=:,\s\\-])|$))`,
    String.raw`|(?<url>:\/\/[^\s/:@"'<>\\]{0,256}:)[^\s/@"'<>\\[\]{}$*]{1,1024}(?=@)`,
  ].join(''),
  'g',
);

const LABELS: ReadonlyMap<string, string> = new Map([
  ['github', 'github token'],
  ['gitlab', 'gitlab token'],
  ['anthropic', 'anthropic key'],
  ['openai', 'openai key'],
  ['google', 'google key'],
  ['aws', 'aws key id'],
  ['slack', 'slack token'],
  ['npm', 'npm token'],
  ['jwt', 'jwt'],
  ['pem', 'private key'],
]);

/** The text with every well-known token, header and password in a URL replaced by what it is. */
export function withoutTokens(text: string): string {
  return text.replace(TOKENS, (...found: unknown[]) => {
    const groups = new Map<string, unknown>(Object.entries(Object(found.at(-1))));
    const before = groups.get('header') ?? groups.get('url');
    if (typeof before === 'string') return `${before}[redacted ${groups.get('url') ? 'password' : 'authorization'}]`;
    for (const [group, label] of LABELS) if (groups.get(group) !== undefined) return `[redacted ${label}]`;
    return '[redacted]';
  });
}
