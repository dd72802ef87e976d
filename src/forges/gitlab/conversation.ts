import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import type { Issue } from '../../ports/forge.ts';
import type { KeptComment } from '../kept-comment.ts';
import { keepOneComment } from '../kept-comment.ts';
import type { Asked, RestClient } from '../rest-client.ts';
import { projectPath } from './client.ts';
import { withoutQuickActions } from './quick-actions.ts';
import type { Note } from './schema.ts';
import { issueSchema, noteSchema, userSchema } from './schema.ts';

interface Numbered extends Asked {
  /** Of an issue; with `!` before it, of a merge request. */
  readonly number: string;
}

interface Kept extends Numbered {
  readonly marker: string;
  readonly body: string;
}

const PAGE = 100;
const MAX_COMMENTS = 100;
/** Of a hundred notes each: where a conversation is longer, its beginning is not read. */
const MAX_PAGES = 20;

/** An issue with its latest comments, at most a hundred, the oldest first. */
export async function readIssue(client: RestClient, asked: Numbered): Promise<Issue> {
  const { title, description } = await client.call(asked, {
    what: `read issue ${asked.number}`,
    path: pathOf(asked),
    schema: issueSchema,
  });
  const comments: Note[] = [];
  for await (const note of latestNotes(client, asked)) {
    // What is for members only must not end in a merge request that everybody sees.
    if (!note.system && !note.internal && !note.confidential) comments.push(note);
    if (comments.length === MAX_COMMENTS) break;
  }
  return {
    number: asked.number,
    title,
    body: description ?? '',
    isPullRequest: false,
    comments: comments
      .toReversed()
      .map(({ author, body }) => ({ author: author?.username ?? 'somebody', body: body ?? '' })),
  };
}

/** Makes or changes the one note of the service's own that holds the marker; one that was deleted is made anew. */
export async function keepNote(
  client: RestClient,
  given: Kept & { readonly commentId: string | null },
  page: string,
): Promise<{ readonly id: string; readonly url: string }> {
  const asked = { ...given, body: withoutQuickActions(given.body) };
  const kept = ({ id, body }: Note): KeptComment => ({
    id: String(id),
    url: `${page}/-${placeOf(asked)}#note_${id}`,
    body: body ?? '',
  });
  return keepOneComment({
    commentId: asked.commentId,
    body: asked.body,
    change: async (noteId) => {
      const note = await change(client, asked, noteId);
      return note && kept(note);
    },
    find: async () => {
      const note = await findOwn(client, asked);
      return note && kept(note);
    },
    make: async () =>
      kept(
        await client.call(asked, {
          what: `comment on ${asked.number}`,
          method: 'POST',
          path: `${pathOf(asked)}/notes`,
          body: { body: asked.body },
          schema: noteSchema,
        }),
      ),
    pause: () => client.pause(asked),
  });
}

/** Null when there is no such note, as after a person has deleted it. */
async function change(client: RestClient, asked: Kept, noteId: string): Promise<Note | null> {
  try {
    return await client.call(asked, {
      what: `change the comment on ${asked.number}`,
      method: 'PUT',
      path: `${pathOf(asked)}/notes/${encodeURIComponent(noteId)}`,
      body: { body: asked.body },
      schema: noteSchema,
    });
  } catch (error) {
    if (hasCode(error, 'repository_unreachable')) return null;
    throw error;
  }
}

async function findOwn(client: RestClient, asked: Kept): Promise<Note | null> {
  let self: string | null = null;
  for await (const note of latestNotes(client, asked)) {
    if (!note.body?.includes(asked.marker)) continue;
    // Anybody may quote the marker.
    self ??= (await client.call(asked, { what: 'ask whose the token is', path: '/user', schema: userSchema })).username;
    if (note.author?.username === self) return note;
  }
  return null;
}

/** The notes on an issue or a merge request, the latest first. */
async function* latestNotes(client: RestClient, asked: Numbered): AsyncGenerator<Note> {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const notes = await client.call(asked, {
      what: `read the comments on ${asked.number}`,
      path: `${pathOf(asked)}/notes`,
      query: { sort: 'desc', order_by: 'created_at', activity_filter: 'only_comments', per_page: PAGE, page },
      schema: z.array(noteSchema),
    });
    yield* notes;
    if (notes.length < PAGE) return;
  }
}

function pathOf(asked: Numbered): string {
  return `${projectPath(asked.repositoryUrl)}${placeOf(asked)}`;
}

function placeOf({ number }: Numbered): string {
  return number.startsWith('!')
    ? `/merge_requests/${encodeURIComponent(number.slice(1))}`
    : `/issues/${encodeURIComponent(number)}`;
}
