/**
 * Places in the life of a work order at which a death or a delay would be most harmful. A test can hold one open and
 * kill the service there; in a real service passing one costs a call that does nothing.
 */
export const RACE_POINTS = [
  'after_claim',
  'after_started',
  'after_attempt_started',
  'after_sandbox_created',
  'after_agent',
  'after_checkpoint',
  'after_attempt_finished',
  'before_push',
  'after_push',
  'after_pull_request',
  'before_close',
  'before_terminal',
] as const;
type RacePoint = (typeof RACE_POINTS)[number] | IntakeRacePoint;

/** Such places between the request of a forge and the comment that answers it; they belong to no step. */
type IntakeRacePoint = 'after_delivery_kept' | 'after_delivery_accepted' | 'after_comment_kept';

/** Called with the point and the step it belongs to; resolves when the work may go on. */
export type ReachRacePoint = (point: RacePoint, step: string | null) => Promise<void>;

export const passRacePoint: ReachRacePoint = () => Promise.resolve();
