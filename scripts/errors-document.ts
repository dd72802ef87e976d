import { ERROR_CATALOGUE } from '../src/domain/error-catalogue.ts';

/** The text of `docs/errors.md`: every code of the catalogue, with what it means and what to do. */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(([code, definition]) => {
    const httpStatus = 'httpStatus' in definition ? definition.httpStatus : '';
    return `| \`${code}\` | ${httpStatus} | ${definition.title} | ${definition.nextStep} |`;
  });
  return `# Errors

Made by \`npm run generate\` from \`src/domain/error-catalogue.ts\`. Codes are stable: scripts may rely on them. A code with an
HTTP status can be the answer to a request (as \`application/problem+json\` with \`code\`, \`detail\` and \`next_step\`); any
code can be the \`error_code\` of an attempt or a work order, or the reason why a command of the command line ends.

| code | HTTP | meaning | what to do |
|---|---|---|---|
${rows.join('\n')}
`;
}
