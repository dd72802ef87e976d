import type { Configuration } from '../contract/configuration.ts';

/** A service that runs in this process. */
export interface RunningService {
  readonly url: string;
  readonly port: number;
  readonly dataDirectory: string;
  fetch(request: Request): Promise<Response>;
  /** Ends cleanly: agents are stopped, running work orders stay resumable. */
  stop(): Promise<void>;
}

/** What the command line uses of `server.ts`, which is only loaded when a service is really started. */
export interface ServerModule {
  readonly startService: (
    configuration: Configuration,
    options: {
      /** `file` is for commands that draw on the terminal: the service's log goes to `service.log` in the data folder. */
      readonly logTo: 'stderr' | 'file';
    },
  ) => Promise<RunningService>;
  /** Shows the history while no service runs; writes nothing. */
  readonly openReadOnly: (configuration: Configuration) => Promise<{
    fetch(request: Request): Promise<Response>;
    close(): Promise<void>;
  }>;
  /** Makes the sample repository of the demonstration, once. */
  readonly prepareDemo: (input: { readonly dataDirectory: string }) => Promise<{
    readonly repositoryUrl: string;
    readonly userRequest: string;
  }>;
}

export async function loadServer(): Promise<ServerModule> {
  return await import('../server.ts');
}
