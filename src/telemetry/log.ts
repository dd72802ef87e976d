import pino from 'pino';
import pretty from 'pino-pretty';
import type { Redactor } from '../domain/redact.ts';
import type { Log } from '../ports/telemetry.ts';

/** The service's own log, to standard error or a file: JSON lines, or a form for people. Written at once, in order. */
export function createLog({
  level,
  format,
  file,
  redactor,
}: {
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Null for standard error. */
  readonly file: string | null;
  readonly redactor: Redactor;
}): Log {
  const destination =
    format === 'pretty'
      ? pretty({ destination: file ?? 2, sync: true, ignore: 'pid,hostname,service', translateTime: 'SYS:HH:MM:ss.l' })
      : pino.destination({ dest: file ?? 2, sync: true, mkdir: true });
  const options = { level, timestamp: pino.stdTimeFunctions.isoTime, base: { service: 'agent-work-orders' } };
  // The whole line as it is written, so that no message, field or stack is forgotten.
  const hooks = { streamWrite: (line: string) => redactor.text(line) };
  const logger = pino({ ...options, serializers: { err: pino.stdSerializers.errWithCause }, hooks }, destination);
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}
