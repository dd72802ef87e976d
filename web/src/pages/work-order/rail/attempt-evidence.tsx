import { ERROR_CATALOGUE } from '../../../../../src/domain/error-catalogue.ts';
import { AgentText } from '../../../components/agent-text.tsx';
import { duration } from '../../../components/format.ts';
import type { ShownAttempt } from '../use-live-work-order.ts';

/** Why an attempt has ended as it did: the reason, what to do now, and what the service ran itself. */
export function AttemptEvidence({ attempt }: { readonly attempt: ShownAttempt }) {
  const { error_code, error_message, checks } = attempt;
  const known = Object.entries(ERROR_CATALOGUE).find(([code]) => code === error_code)?.[1];
  return (
    <div className="flex flex-col gap-2 px-3 pb-3 pl-9">
      {error_message !== null && (
        <div className="bg-bad-wash rounded-md p-2.5">
          <p className="font-medium break-words">
            <AgentText text={error_message} />
          </p>
          {known && <p className="text-soft mt-1">{known.nextStep}</p>}
          <p className="text-soft mt-1 font-mono text-xs">{error_code}</p>
        </div>
      )}
      {(checks ?? []).map((check) => (
        <Check key={check.command} check={check} />
      ))}
    </div>
  );
}

function Check({ check }: { readonly check: ShownAttempt['checks'][number] }) {
  const { command, status, exit_code, duration_seconds, output, output_truncated } = check;
  const isPassed = status === 'passed';
  const how = status === 'failed' && exit_code !== null ? `exit code ${exit_code}` : status.replace('_', ' ');
  return (
    <details open={!isPassed} className="border-line rounded-md border">
      <summary className="flex flex-wrap items-center gap-x-2 px-2 py-1 text-xs">
        <code className="min-w-0 font-mono break-all">{command}</code>
        <span className={isPassed ? 'text-good' : 'text-bad'}>
          {isPassed ? '✓' : '✗'} {how}
        </span>
        <span className="text-soft ml-auto">{duration(duration_seconds)}</span>
      </summary>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
        tabIndex={0}
        aria-label={`What ${command} said`}
        className="border-line max-h-60 overflow-auto border-t p-2 font-mono text-xs whitespace-pre-wrap"
      >
        {output_truncated && <span className="text-soft">… the whole is in the log{'\n'}</span>}
        {output === '' ? <span className="text-soft">It said nothing.</span> : <AgentText text={output} />}
      </pre>
    </details>
  );
}
