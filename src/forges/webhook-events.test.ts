import { describe, expect, test } from 'vitest';
import { giteaWebhook } from './gitea/webhook.ts';
import { githubWebhook } from './github/webhook.ts';
import { gitlabWebhook } from './gitlab/webhook.ts';
import type { WebhookReader } from './webhook-reader.ts';

const read = (reader: WebhookReader, headers: Readonly<Record<string, string>>, content: unknown) =>
  reader.read({ headers, body: new Uint8Array() }, content);
const issue = { number: 7, title: 'Dark', body: 'Please.', html_url: 'https://forge.example/7' };
const repository = { clone_url: 'https://forge.example/ada/engine.git' };
const sender = { login: 'ada', type: 'User' };
const comment = { body: '/work-order x', html_url: 'https://forge.example/7#1' };

describe('github', () => {
  const event = (name: string, content: object) =>
    read(githubWebhook, { 'x-github-event': name }, { issue, repository, sender, ...content });

  test('a comment is read with its page, and one on a pull request as that', () => {
    expect(event('issue_comment', { action: 'created', comment })).toEqual({
      kind: 'news',
      news: {
        repository_url: repository.clone_url,
        issue_number: '7',
        is_pull_request: false,
        user: 'ada',
        is_bot: false,
        title: 'Dark',
        body: 'Please.',
        url: comment.html_url,
        happened: { kind: 'comment', text: '/work-order x' },
      },
    });
    const onPull = event('issue_comment', { action: 'created', comment, issue: { ...issue, pull_request: {} } });
    expect(onPull).toMatchObject({ news: { is_pull_request: true } });
  });

  test('a bot is known as one', () => {
    const labelled = { action: 'labeled', label: { name: 'x' }, sender: { login: 'dependabot[bot]', type: 'Bot' } };
    expect(event('issues', labelled)).toMatchObject({ news: { is_bot: true } });
  });

  test.each([
    ['issues', 'unlabeled'],
    ['issues', 'opened'],
    ['issue_comment', 'edited'],
    ['issue_comment', 'deleted'],
    ['pull_request', 'labeled'],
  ])('%s %s asks for nothing', (name, action) => {
    expect(event(name, { action, comment, label: { name: 'x' } }).kind).toBe('ignored');
  });

  test('a ping is one, whatever is in it', () => {
    expect(read(githubWebhook, { 'x-github-event': 'ping' }, { zen: 'x' })).toEqual({ kind: 'ping' });
  });

  test('an event that is not in its form is told by the place', () => {
    expect(() => event('issues', { action: 'labeled' })).toThrow('The event has no label');
  });
});

describe('gitlab', () => {
  const user = { username: 'ada' };
  const project = { git_http_url: repository.clone_url };
  const attributes = { iid: 7, title: 'Dark', description: null, url: 'https://forge.example/7', action: 'update' };
  const hook = (name: string, content: object) =>
    read(gitlabWebhook, { 'x-gitlab-event': name }, { user, project, object_attributes: attributes, ...content });
  const label = { title: 'work-order' };
  const note = { note: '/work-order x', noteable_type: 'Issue', url: 'https://forge.example/7#1', system: false };
  const of = { iid: 7, title: 'Dark', description: 'Please.' };

  test('labels of an issue that is opened are put on, and those that were there before are not', () => {
    const opened = { object_attributes: { ...attributes, action: 'open' }, labels: [label] };
    expect(hook('Issue Hook', opened)).toMatchObject({ news: { happened: { added: ['work-order'] } } });
    const kept = { labels: [label], changes: { labels: { previous: [label], current: [label, { title: 'bug' }] } } };
    expect(hook('Issue Hook', kept)).toMatchObject({ news: { happened: { added: ['bug'] } } });
    expect(hook('Issue Hook', { labels: [label], changes: {} }).kind).toBe('ignored');
  });

  test('a comment on an issue is read, and no other', () => {
    expect(hook('Note Hook', { object_attributes: note, issue: of })).toMatchObject({
      news: { issue_number: '7', body: 'Please.', url: note.url, happened: { kind: 'comment', text: '/work-order x' } },
    });
    const others = [
      { noteable_type: 'MergeRequest' },
      { noteable_type: 'Commit' },
      { system: true },
      { action: 'update' },
    ].map((change) => hook('Note Hook', { object_attributes: { ...note, ...change }, issue: of }).kind);
    expect(others).toEqual(['ignored', 'ignored', 'ignored', 'ignored']);
  });

  test('the bot of a project is one, and what is confidential stays so', () => {
    const user = { username: 'project_42_bot_f00' };
    expect(hook('Note Hook', { user, object_attributes: note, issue: of })).toMatchObject({ news: { is_bot: true } });
    expect(hook('Confidential Note Hook', { object_attributes: note, issue: of }).kind).toBe('ignored');
    expect(hook('Confidential Issue Hook', { labels: [label] }).kind).toBe('ignored');
  });
});

describe('gitea and forgejo', () => {
  const event = (name: string, content: object) =>
    read(giteaWebhook, { 'x-forgejo-event': name }, { issue, repository, sender, ...content });

  test('labels say what is there and not what is new', () => {
    const labels = [{ name: 'bug' }, { name: 'work-order' }];
    for (const action of ['opened', 'label_updated']) {
      expect(event('issues', { action, issue: { ...issue, labels } })).toMatchObject({
        news: { happened: { kind: 'labels', added: null, present: ['bug', 'work-order'] } },
      });
    }
    expect(event('issues', { action: 'label_cleared' })).toMatchObject({ news: { happened: { present: [] } } });
    expect(event('issues', { action: 'closed' }).kind).toBe('ignored');
  });

  test('a comment on a pull request is told as that', () => {
    expect(event('issue_comment', { action: 'created', comment, is_pull: true })).toMatchObject({
      news: { is_pull_request: true, happened: { text: '/work-order x' } },
    });
    expect(event('issue_comment', { action: 'edited', comment }).kind).toBe('ignored');
  });
});
