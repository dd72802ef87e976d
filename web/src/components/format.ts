/** A span of time as a person says it: `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** How long ago something was: `now`, `12 s ago`. */
export function ago(at: string, nowMs: number): string {
  const seconds = Math.floor((nowMs - Date.parse(at)) / 1_000);
  return seconds < 2 ? 'now' : `${duration(Math.max(10, seconds)).replace(/^10 s$/, `${seconds} s`)} ago`;
}

export function cost(usd: number): string {
  return usd < 0.01 && usd > 0 ? '< $0.01' : `$${usd.toFixed(2)}`;
}

const number = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function count(value: number, one: string, many = `${one}s`): string {
  return `${number.format(value)} ${value === 1 ? one : many}`;
}

/** `1.2K`, for figures that only their size matters of. */
export function short(value: number): string {
  return compact.format(value);
}

/** What a repository is called among people: `example/shop`. */
export function repositoryName(url: string): string {
  const path = url
    .replace(/\.git$/, '')
    .replace(/^[a-z+]+:\/\/[^/]+\//, '')
    .replace(/^[^/]*@[^:]+:/, '');
  return path.split('/').filter(Boolean).slice(-2).join('/') || url;
}

/** The name of a step for people: `create pr`. */
export function stepTitle(step: string): string {
  return step.replaceAll('_', ' ');
}
