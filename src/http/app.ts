import { OpenAPIHono } from '@hono/zod-openapi';
import { invalidRequest } from '../domain/invalid-request.ts';
import { checkHost, checkOrigin, checkToken, exceptForWebhooks } from './auth.ts';
import { bodyLimit } from './body-limit.ts';
import type { App, AppDependencies, AppEnv } from './dependencies.ts';
import { securityHeaders } from './headers.ts';
import { allowedMethods } from './methods.ts';
import { faultsOf, problemResponse, unknownRouteResponse } from './problem.ts';
import { registerPage } from './page.ts';
import { registerAddRepository } from './routes/add-repository.ts';
import { registerApprove } from './routes/approve.ts';
import { registerAllEvents } from './routes/all-events.ts';
import { registerChangeBudget } from './routes/change-budget.ts';
import { registerCancel } from './routes/cancel.ts';
import { registerChangeRepository } from './routes/change-repository.ts';
import { registerCreate } from './routes/create.ts';
import { registerDailyBudgets } from './routes/daily-budgets.ts';
import { registerDiagnosis } from './routes/diagnosis.ts';
import { registerDiff } from './routes/diff.ts';
import { registerDocs } from './routes/docs.ts';
import { registerDrain } from './routes/drain.ts';
import { registerEditPlan } from './routes/edit-plan.ts';
import { registerEvents } from './routes/events.ts';
import { registerFork } from './routes/fork.ts';
import { registerGitProgress } from './routes/git-progress.ts';
import { registerHealth } from './routes/health.ts';
import { registerListRepositories } from './routes/list-repositories.ts';
import { registerList } from './routes/list.ts';
import { registerLogEntry } from './routes/log-entry.ts';
import { registerLogsDownload } from './routes/logs-download.ts';
import { registerLogsStream } from './routes/logs-stream.ts';
import { registerLogs } from './routes/logs.ts';
import { registerOpenApi } from './routes/openapi.ts';
import { registerMessages } from './routes/messages.ts';
import { registerPause } from './routes/pause.ts';
import { registerPlan } from './routes/plan.ts';
import { registerReject } from './routes/reject.ts';
import { registerRemoveRepository } from './routes/remove-repository.ts';
import { registerReclaim } from './routes/reclaim.ts';
import { registerRetry } from './routes/retry.ts';
import { registerRewind } from './routes/rewind.ts';
import { registerSample } from './routes/sample.ts';
import { registerShowRepository } from './routes/show-repository.ts';
import { registerShow } from './routes/show.ts';
import { registerPrompt } from './routes/prompt.ts';
import { registerSession } from './routes/session.ts';
import { registerSteps } from './routes/steps.ts';
import { registerUsualDurations } from './routes/usual-durations.ts';
import { registerVerifyKnownRepository } from './routes/verify-known-repository.ts';
import { registerVerifyRepository } from './routes/verify-repository.ts';
import { registerWebSocket } from './routes/web-socket.ts';
import { registerWebhooks } from './routes/webhooks.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** In the order in which the document shows them. */
const ROUTES: readonly ((app: App) => void)[] = [
  registerCreate,
  registerList,
  registerShow,
  registerCancel,
  registerRetry,
  registerRewind,
  registerFork,
  registerApprove,
  registerReject,
  registerEditPlan,
  registerPause,
  registerChangeBudget,
  registerMessages,
  registerSteps,
  registerPrompt,
  registerUsualDurations,
  registerEvents,
  registerWebSocket,
  registerLogs,
  registerLogsStream,
  registerLogsDownload,
  registerLogEntry,
  registerAllEvents,
  registerDiagnosis,
  registerGitProgress,
  registerDiff,
  registerPlan,
  registerAddRepository,
  registerListRepositories,
  registerShowRepository,
  registerChangeRepository,
  registerRemoveRepository,
  registerVerifyKnownRepository,
  registerVerifyRepository,
  registerWebhooks,
  registerHealth,
  registerDailyBudgets,
  registerSession,
  registerSample,
  registerDrain,
  registerReclaim,
  registerOpenApi,
  registerDocs,
];

/** The whole HTTP interface over the given parts; `listen` puts it on a socket. */
export function createApp(dependencies: AppDependencies): App {
  const app: App = new OpenAPIHono<AppEnv>({
    // Older clients write a slash at the end.
    strict: false,
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(faultsOf(result.error, result.target));
    },
  });
  app.use(
    async (context, next) => {
      context.set('dependencies', dependencies);
      await next();
    },
    securityHeaders(),
    exceptForWebhooks(checkHost(dependencies.allowedHosts)),
    exceptForWebhooks(checkOrigin()),
    exceptForWebhooks(checkToken(dependencies.apiToken)),
    bodyLimit(MAX_BODY_BYTES),
  );
  registerRoutes(app);
  registerPage(app, dependencies.pageDirectory);
  const { log, redactor } = dependencies;
  app.notFound(({ req }) =>
    unknownRouteResponse(req.method, req.path, { allowed: allowedMethods(app, req.path), redactor }),
  );
  app.onError((error, { req }) => problemResponse(error, { log, redactor, method: req.method, path: req.path }));
  return app;
}

/** The routes alone: enough to describe them, not to answer. */
export function registerRoutes(app: App): void {
  for (const register of ROUTES) register(app);
}
