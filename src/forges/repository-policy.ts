import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { WorkOrderError } from '../domain/errors.ts';
import type { RepositoryPolicy } from '../ports/forge.ts';
import { isLoopbackHost } from '../process/git-environment.ts';

const MAX_LENGTH = 2048;
const FORMS = 'Give https://host/path, ssh://user@host/path or git@host:path.';
/** A name, or an address in its usual spelling; no leading dash, no empty label. */
const HOST_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const USER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/**
 * Which repositories are accepted: https, ssh and git@host:path; http on loopback; local folders below one of the
 * allowed roots. Every URL is taken apart and built again from its parts, so that what git is given is never what
 * somebody typed.
 */
export function createRepositoryPolicy(input: { readonly allowedLocalRoots: readonly string[] }): RepositoryPolicy {
  return {
    async accept({ repositoryUrl }) {
      const url = repositoryUrl;
      if (url === '') throw refused('It is empty.');
      if (url.length > MAX_LENGTH) throw refused(`It is longer than ${MAX_LENGTH} characters.`);
      // A local folder may have plain spaces in its name.
      const unwanted = url.startsWith('/') ? /[\p{Cc}\p{Cf}]|(?! )\s/u : /[\p{Cc}\p{Cf}\s]/u;
      if (unwanted.test(url)) throw refused('It has a space, a line end or a control character.');
      if (url.startsWith('-')) throw refused('It begins with a dash, as an option does.');
      if (url.includes('\\')) throw refused('It has a backslash.');
      if (/^[A-Za-z0-9+.-]*::/.test(url)) throw refused('Transports of the form name:: can run programs.');
      if (url.startsWith('/')) return acceptLocal(url, input.allowedLocalRoots);
      const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
      if (scheme === 'file') return acceptLocal(pathOfFileUrl(url), input.allowedLocalRoots);
      if (scheme === 'https' || scheme === 'http') return acceptWeb(url, scheme);
      if (scheme === 'ssh') return acceptSsh(url);
      if (scheme !== undefined) throw refused(`The protocol ${scheme} is not accepted. ${FORMS}`);
      return acceptScpForm(url);
    },
  };
}

function acceptWeb(text: string, scheme: 'http' | 'https'): string {
  const [authority, path] = splitUrl(text);
  if (authority.includes('@')) {
    throw refused('It has a user name or a password; credentials do not belong in a repository URL.');
  }
  const url = URL.parse(text);
  if (url === null) throw refused('It cannot be read as a URL.');
  checkNoQuery(text);
  checkHost(authority);
  if (scheme === 'http' && !isLoopbackHost(url.hostname)) {
    throw refused('Plain http is accepted for this machine only; use https.');
  }
  return `${scheme}://${url.host}${repositoryPath(path, url.pathname)}`;
}

function acceptSsh(text: string): string {
  const [authority, path] = splitUrl(text);
  checkNoQuery(text);
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? null : authority.slice(0, at);
  if (user !== null) checkUser(user);
  const address = authority.slice(at + 1);
  checkHost(address);
  checkSshPath(path);
  return `ssh://${user === null ? '' : `${user}@`}${address.toLowerCase()}${repositoryPath(path, path)}`;
}

function acceptScpForm(text: string): string {
  const match = /^([^@/]+)@([^@/:]+):(.+)$/.exec(text);
  const [, user, host, path] = match ?? [];
  if (user === undefined || host === undefined || path === undefined) {
    throw refused(`It is neither a URL nor an absolute path. ${FORMS}`);
  }
  checkUser(user);
  checkHost(host);
  if (!/^[A-Za-z0-9_~/.][A-Za-z0-9_~/.+-]*$/.test(path))
    throw refused('Its path has characters that are not accepted.');
  return `${user}@${host.toLowerCase()}:${repositoryPath(path, path)}`;
}

/** The path is part of a command line on the other side, so only what needs no quoting there. */
function checkSshPath(path: string): void {
  if (path !== '' && !/^[A-Za-z0-9_~/.][A-Za-z0-9_~/.+-]*$/.test(path)) {
    throw refused('Its path has characters that are not accepted.');
  }
}

/** The part before the path (user, host, port) and the path, as they were typed. */
function splitUrl(text: string): readonly [authority: string, path: string] {
  const rest = text.slice(text.indexOf('://') + 3);
  const [authority = ''] = /^[^/?#]*/.exec(rest) ?? [];
  if (authority === '') throw refused('It has no host.');
  return [authority, rest.slice(authority.length).replace(/[?#].*$/, '')];
}

function checkNoQuery(text: string): void {
  if (/[?#]/.test(text)) throw refused('It has a query or a fragment; a repository has neither.');
}

function checkUser(user: string): void {
  if (user.includes(':')) throw refused('It has a password; credentials do not belong in a repository URL.');
  if (!USER_NAME.test(user)) throw refused('Its user name has characters that are not accepted.');
}

/**
 * Refuses a host in a spelling that means another one: addresses in decimal, octal, hex or with parts left out, IPv4
 * inside IPv6, names beyond ASCII. Filters elsewhere that know loopback by its usual spelling would miss these.
 */
function checkHost(address: string): void {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(address.toLowerCase()) ?? [];
  if (host === undefined || (port !== undefined && (Number(port) === 0 || Number(port) > 65_535))) {
    throw refused('Its host or port cannot be read.');
  }
  const unusual = refused('Its host is written in an unusual form; write the plain name or address.');
  const usual = URL.parse(`http://${host}/`)?.hostname;
  if (usual !== host) throw unusual;
  if (host.startsWith('[')) {
    if (host === '[::1]') return;
    // ::a.b.c.d, ::ffff:a.b.c.d and the translation prefix carry an IPv4 address; [::] means this machine.
    if (host.startsWith('[::') || host.startsWith('[64:ff9b:')) throw unusual;
    return;
  }
  if (!HOST_NAME.test(host)) throw unusual;
  if (host.startsWith('0.')) throw refused('0.0.0.0 is not the address of a host.');
}

/** The path without slashes at its end, built from `parsed` after `typed` was found harmless. */
function repositoryPath(typed: string, parsed: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(typed);
  } catch {
    throw refused('Its path has a broken % escape.');
  }
  if (/[\p{Cc}\\]/u.test(plain)) throw refused('Its path has a control character or a backslash.');
  if (plain.split('/').some((part) => part === '.' || part === '..')) throw refused('Its path has . or .. as a part.');
  if (plain.includes('::')) throw refused('Its path has ::, as transports that can run programs do.');
  const path = parsed.replace(/\/+$/, '');
  if (path === '') throw refused('It has no path to a repository.');
  return path;
}

function pathOfFileUrl(text: string): string {
  checkNoQuery(text);
  if (!/^file:\/\/(?:localhost)?\//i.test(text)) throw refused('A file:// URL has an absolute path and no host.');
  try {
    // Not by the URL parser, which would take `..` away before it can be refused.
    const path = decodeURIComponent(text.replace(/^file:\/\/(?:localhost)?/i, ''));
    if (!/[\p{Cc}\\]/u.test(path)) return path;
  } catch {
    // Refused below.
  }
  throw refused('It cannot be read as a file:// URL.');
}

async function acceptLocal(path: string, allowedRoots: readonly string[]): Promise<string> {
  if (allowedRoots.length === 0) {
    throw refused('Local repositories are not accepted here; start the service with --allow-local DIR.');
  }
  if (path.split('/').includes('..')) throw refused('Its path has .. as a part.');
  const roots = await Promise.all(allowedRoots.map((root) => realpath(root).catch(() => null)));
  const isAllowed = (real: string) => roots.some((root) => root !== null && isAtOrBelow(real, root));
  const real = await realpath(path).catch(() => null);
  // The same words whether it exists or not: nobody learns here what else is on the machine.
  if (real === null || !isAllowed(real)) {
    throw refused(`It is not a folder below an allowed one (${allowedRoots.join(', ')}).`);
  }
  if (/\p{Cc}/u.test(real)) throw refused('Its real path has a control character.');
  const gitFolder = await realpath(join(real, '.git')).catch(() => real);
  const parts = await Promise.all(['HEAD', 'objects', 'refs'].map((part) => realPart(gitFolder, part)));
  if (parts.includes(null)) throw refused('It is not a git repository.');
  if (![gitFolder, ...parts].every((part) => part !== null && isAllowed(part))) {
    throw refused('It has its contents outside of the allowed folders.');
  }
  return real;
}

async function realPart(folder: string, name: string): Promise<string | null> {
  try {
    const real = await realpath(join(folder, name));
    const stats = await stat(real);
    return stats.isDirectory() === (name !== 'HEAD') ? real : null;
  } catch {
    return null;
  }
}

function isAtOrBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

function refused(reason: string): WorkOrderError {
  return new WorkOrderError('repository_url_refused', `This repository URL is not accepted. ${reason}`, {
    faults: [{ path: 'repository_url', message: reason }],
  });
}
