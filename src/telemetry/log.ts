import pino from 'pino';
import pretty from 'pino-pretty';
import type { Log } from '../ports/telemetry.ts';

/** The service's own log on standard error: JSON lines, or a form for people when that is a terminal. */
export function createLog({ level, format }: { readonly level: string; readonly format: 'json' | 'pretty' }): Log {
  const destination =
    format === 'pretty'
      ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
      : pino.destination({ fd: 2, sync: true });
  const logger = pino(
    { level, timestamp: pino.stdTimeFunctions.isoTime, base: { service: 'agent-work-orders' } },
    destination,
  );
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}
