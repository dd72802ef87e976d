import { WorkOrderError } from '../domain/errors.ts';
import { invalidRequest } from '../domain/invalid-request.ts';
import type { RepositoryId, WorkOrderId } from '../domain/ids.ts';
import { isRepositoryId, isWorkOrderId } from '../domain/ids.ts';
import type { WorkOrder } from '../domain/work-order.ts';
import { repositoryNotFound } from '../engine/known-repositories.ts';
import type { Store } from '../ports/store.ts';
import { latestTerminalSeq } from './feeds.ts';

/** The id out of a path; `work_order_not_found` for what cannot be one. */
export function idOf(text: string): WorkOrderId {
  if (!isWorkOrderId(text)) throw notFound(text);
  return text;
}

/** The id of a known repository out of a path; `repository_not_found` for what cannot be one. */
export function repositoryIdOf(text: string): RepositoryId {
  if (!isRepositoryId(text)) throw repositoryNotFound(text);
  return text;
}

/** Rejects with `work_order_not_found`, or `store_unavailable` when it cannot be known. */
export async function readWorkOrder(store: Store, text: string): Promise<WorkOrder> {
  const workOrder = await store.workOrder({ workOrderId: idOf(text) });
  if (!workOrder) throw notFound(text);
  return workOrder;
}

/** Older clients look for the words "not found" in the detail. */
export function notFound(id: string): WorkOrderError {
  return new WorkOrderError('work_order_not_found', `Work order ${id.slice(0, 50)} was not found.`);
}

/** `Last-Event-ID` goes before `?after=`; an empty one counts as absent. */
export function cursorOf(headers: { 'last-event-id'?: string | undefined }, query: { after: number }): number {
  const sent = headers['last-event-id'];
  return sent ? Number(sent) : query.after;
}

/** True when the client asks for a stream rather than for JSON. */
export function wantsStream(accept: string | undefined): boolean {
  return accept !== undefined && /text\/event-stream(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accept);
}

/** For routes that only stream: a client that takes something else only would wait for ever (`invalid_request`). */
export function expectStreamReader(accept: string | undefined): void {
  if (accept === undefined || accept === '' || /\*\/\*|text\/\*/.test(accept) || wantsStream(accept)) return;
  throw invalidRequest([{ path: 'accept', message: 'This route is a stream: accept text/event-stream.' }]);
}

/**
 * Whether a reader who has the events up to `after` has all that will come. Throws `invalid_request` for a number that no
 * event has yet.
 */
export async function eventStreamEnd(
  store: Store,
  workOrder: WorkOrder,
  { after, path }: { readonly after: number; readonly path: string },
): Promise<boolean> {
  const end = await latestTerminalSeq(store, workOrder);
  if (end !== null && after >= end) return true;
  if (after > workOrder.last_seq) {
    throw invalidRequest([{ path, message: `The latest event is ${workOrder.last_seq}; there is no ${after}.` }]);
  }
  return false;
}

/** The answer where a stream has nothing more to send: an EventSource comes back after anything but this. */
export function streamIsOver(): Response {
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
}

/** What changes things, or `read_only` where nothing runs. */
export function writable<Door>(door: Door | null): Door {
  if (!door) {
    throw new WorkOrderError('read_only', 'This process only shows the history; no service runs on its data folder.');
  }
  return door;
}
