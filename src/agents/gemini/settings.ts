import type { GeminiLogin } from './login.ts';

/**
 * How often it tries a model call, by itself and in all; 10 by default, which is four minutes of a busy model. Where it
 * chooses the model itself (`auto`), it keeps to its own number.
 */
const MAX_MODEL_ATTEMPTS = 3;

/** The settings of one attempt, as its settings file wants them. */
export function geminiSettings({
  login,
  maxTurns,
}: {
  readonly login: GeminiLogin;
  readonly maxTurns: number | null;
}): Readonly<Record<string, unknown>> {
  return {
    general: {
      maxAttempts: MAX_MODEL_ATTEMPTS,
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      // It would clear away the sessions of earlier attempts by their file names.
      sessionRetention: { enabled: false },
    },
    privacy: { usageStatisticsEnabled: false },
    ...(login === null ? {} : { security: { auth: { selectedType: login } } }),
    ...(maxTurns === null ? {} : { model: { maxSessionTurns: maxTurns } }),
  };
}
