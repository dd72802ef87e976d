import { buildPageIfStale } from '../../scripts/page.ts';

/** Before all tests of the page: what they look at is what the sources say now. */
export async function setup(): Promise<void> {
  await buildPageIfStale();
}
