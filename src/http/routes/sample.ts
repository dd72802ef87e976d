import { createRoute } from '@hono/zod-openapi';
import { SampleSchema } from '../../contract/sample.ts';
import type { App } from '../dependencies.ts';
import { writable } from '../reading.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/service/sample',
  operationId: 'makeSample',
  tags: [TAGS.service],
  summary: 'Make the sample repository for a first work order',
  description:
    'Needs nothing but git: no agent, no key, no network. Answers with the body of a work order for it, which the ' +
    'agent `demo` carries out. Asked again it answers the same; what work orders have pushed there stays.',
  responses: { 200: json('A work order that can be handed in now', SampleSchema), ...problems(503) },
});

export function registerSample(app: App): void {
  app.openapi(route, async (context) => {
    const { makeSample } = context.var.dependencies;
    return context.json(await writable(makeSample)(), 200);
  });
}
