import bash from 'refractor/bash';
import c from 'refractor/c';
import { refractor } from 'refractor/core';
import cpp from 'refractor/cpp';
import csharp from 'refractor/csharp';
import css from 'refractor/css';
import docker from 'refractor/docker';
import go from 'refractor/go';
import ini from 'refractor/ini';
import java from 'refractor/java';
import javascript from 'refractor/javascript';
import json from 'refractor/json';
import jsx from 'refractor/jsx';
import kotlin from 'refractor/kotlin';
import makefile from 'refractor/makefile';
import markdown from 'refractor/markdown';
import markup from 'refractor/markup';
import php from 'refractor/php';
import python from 'refractor/python';
import ruby from 'refractor/ruby';
import rust from 'refractor/rust';
import scss from 'refractor/scss';
import sql from 'refractor/sql';
import swift from 'refractor/swift';
import toml from 'refractor/toml';
import tsx from 'refractor/tsx';
import typescript from 'refractor/typescript';
import yaml from 'refractor/yaml';

const GRAMMARS = [
  bash,
  c,
  cpp,
  csharp,
  css,
  docker,
  go,
  ini,
  java,
  javascript,
  json,
  jsx,
  kotlin,
  makefile,
  markdown,
  markup,
  php,
  python,
  ruby,
  rust,
  scss,
  sql,
  swift,
  toml,
  tsx,
  typescript,
  yaml,
];
for (const grammar of GRAMMARS) refractor.register(grammar);

/** By the end of a name, where it is not the name of the grammar itself. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  cc: 'cpp',
  cjs: 'javascript',
  cs: 'csharp',
  cts: 'typescript',
  cxx: 'cpp',
  h: 'c',
  hpp: 'cpp',
  htm: 'markup',
  html: 'markup',
  js: 'javascript',
  kt: 'kotlin',
  kts: 'kotlin',
  md: 'markdown',
  mjs: 'javascript',
  mk: 'makefile',
  mts: 'typescript',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
  svg: 'markup',
  ts: 'typescript',
  vue: 'markup',
  xml: 'markup',
  yml: 'yaml',
  zsh: 'bash',
};
const BY_NAME: Readonly<Record<string, string>> = { Dockerfile: 'docker', Makefile: 'makefile', Gemfile: 'ruby' };

/** The grammar for a file, by its name; null for one that is shown without colours. */
export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  const language = BY_NAME[name] ?? BY_EXTENSION[extension] ?? extension;
  return refractor.registered(language) ? language : null;
}

/** In the form that react-diff-view asks for. */
export const highlighter = {
  highlight: (text: string, language: string) => refractor.highlight(text, language).children,
};
