import type { WebSocket } from 'ws';
import type { Feed, FeedMessage, FollowOptions } from './follow.ts';
import { follow } from './follow.ts';

/** Of RFC 6455, section 7.4.1. */
const CLOSE = { done: 1000, goingAway: 1001, policy: 1008, internalError: 1011 } as const;

/**
 * Sends a feed over a WebSocket, each message as the JSON of its data, and closes it when nothing more will come. The next
 * page is read when the one before is handed to the system. A peer that does not answer a ping is gone; one that sends
 * something is sent away, because there is nothing to say here.
 */
export async function sendFeed(socket: WebSocket, feed: Feed, options: FollowOptions): Promise<void> {
  const gone = new AbortController();
  let isAlive = true;
  socket.on('pong', () => (isAlive = true));
  socket.on('message', () => socket.close(CLOSE.policy, 'This stream takes no messages.'));
  socket.once('close', () => gone.abort());
  // What is wrong with the line ends it; there is nobody to tell.
  socket.on('error', () => socket.terminate());
  try {
    for await (const followed of follow(feed, options, gone)) {
      if (followed.kind === 'messages') await sendAll(socket, followed.messages);
      if (followed.kind !== 'silence') continue;
      if (!isAlive) socket.terminate();
      isAlive = false;
      socket.ping();
    }
  } catch (error) {
    options.onReadFailed(error);
    socket.close(CLOSE.internalError);
    return;
  }
  socket.close(options.closing?.aborted ? CLOSE.goingAway : CLOSE.done);
}

/** Resolves when the system has taken the last of them, or the line is gone. */
async function sendAll(socket: WebSocket, messages: readonly FeedMessage[]): Promise<void> {
  const sent = messages.map(
    ({ data }) =>
      new Promise<void>((resolve) => {
        socket.send(JSON.stringify(data), () => resolve());
      }),
  );
  await Promise.all(sent);
}
