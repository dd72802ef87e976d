import { writeFile } from 'node:fs/promises';
import { OPTION_NAMES, configurationSchema, factsOf } from '../src/contract/configuration-options.ts';
import type { OptionName } from '../src/contract/configuration-options.ts';

const PAGE = new URL('../docs/guide/configuration.md', import.meta.url);

const INTRODUCTION = `# Configuration

<!-- Written by scripts/write-configuration-docs.ts from the options in src/contract. Change them there. -->

A setting comes from a flag, an environment variable, the configuration file or its default, in this order: the first that is there wins. Whatever does not fit is refused at the start, with the place it came from and what is allowed; so are keys of the file and \`AWO_…\` variables that do not exist. An empty variable counts as not set.

The file is JSON: an object with a key for each setting, by the names of the headings below. A relative path in the file begins at the folder of the file; a relative path in a flag or a variable begins at the current folder.

\`\`\`json
{
  "port": 9000,
  "agent": "claude",
  "allowLocal": ["/srv/repositories"]
}
\`\`\`
`;

/** The whole text of docs/guide/configuration.md. */
export function configurationPage(): string {
  return [INTRODUCTION, ...OPTION_NAMES.map(section)].join('\n');
}

function section(name: OptionName): string {
  const facts = factsOf(name);
  const value: unknown = configurationSchema.shape[name].safeParse(undefined).data;
  const lines = [
    `- Flag: ${facts.flag ? `\`${facts.flag} ${facts.placeholder}\`` : 'none'}`,
    `- Environment: \`${facts.environment}\`${facts.oldEnvironment ? `, or the older \`${facts.oldEnvironment}\`` : ''}`,
    `- Default: ${facts.defaultText ?? `\`${String(value)}\``}`,
    `- Allowed: ${facts.allowed}`,
  ];
  return `## ${name}\n\n${facts.description}\n\n${lines.join('\n')}\n`;
}

if (import.meta.main) await writeFile(PAGE, configurationPage());
