import type { App } from './dependencies.ts';

/** The methods that the routes of the app know for a path; empty when none has it. */
export function allowedMethods(app: App, path: string): readonly string[] {
  const parts = partsOf(path);
  const methods = app.routes
    .filter((route) => route.method !== 'ALL' && fits(partsOf(route.path), parts))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)].toSorted();
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return pattern.length === parts.length && pattern.every((part, i) => part.startsWith(':') || part === parts[i]);
}
