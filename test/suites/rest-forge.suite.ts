import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '../fake-forge/faults.ts';
import { RATE_LIMIT_RESET } from '../fake-forge/faults.ts';
import type { ForgeOfFake } from '../fake-forge/world.ts';
import { TOKEN } from '../fake-forge/world.ts';
import { gitAs, temporaryFolder } from './git-fixtures.ts';
import { codeOf } from './sandbox-fixtures.ts';

const signal = new AbortController().signal;
export const BRANCH = 'feat-wo-one-x';

/** What differs between the forges that are asked by HTTP and JSON. */
interface Traits {
  readonly makeWorld: (directory: string, options?: { readonly draftPullRequests?: boolean }) => Promise<ForgeOfFake>;
  /** Ids of the operations. */
  readonly verify: string;
  readonly create: string;
  readonly comment: string;
  readonly change: string;
  /** The owner, or the groups, of the repository. */
  readonly owner: string;
  /** A URL of a repository's form on the host, and ones that are not. */
  readonly recognised: readonly (readonly [template: string, recognised: boolean])[];
  /** Parts of the words with which a fault is told. */
  readonly words: Readonly<Record<'scope_missing' | 'not_found' | 'conflict' | 'invalid', string>>;
  /** The page of a pull request behind that of the repository. */
  readonly pullPage: string;
  readonly filePage: string;
  readonly draftTitle: string;
}

/** A forge with its world, new for each test. */
export class RestForgeTest {
  world!: ForgeOfFake;
  /** Pushed to `BRANCH`. */
  commit = '';
  #folder: Awaited<ReturnType<typeof temporaryFolder>> | null = null;

  async begin(makeWorld: Traits['makeWorld']): Promise<void> {
    this.#folder = await temporaryFolder();
    this.world = await makeWorld(join(this.#folder.path, 'forge'));
    const { clone } = this.world.engine;
    gitAs(clone, 'checkout', '-q', '-B', BRANCH);
    gitAs(clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
    gitAs(clone, 'push', '-q', 'origin', BRANCH);
    this.commit = gitAs(clone, 'rev-parse', 'HEAD');
  }

  async end(): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    await this.#folder?.[Symbol.asyncDispose]();
  }

  folder(name: string): string {
    return join(this.#folder?.path ?? '', name);
  }

  asked() {
    return { repositoryUrl: this.world.engine.url, signal };
  }

  pulls() {
    return this.world.engine.repository.pulls;
  }

  open(changed: { title?: string; body?: string } = {}) {
    const request = { branch: BRANCH, commit: this.commit, baseBranch: 'main', title: 'Work', body: 'Done.' };
    return this.world.forge.openPullRequest({ ...this.asked(), ...request, ...changed });
  }

  fault(at: string, kind: FaultKind, times?: number): void {
    this.world.fake.fault({ at, kind, ...(times === undefined ? {} : { times }) });
  }

  /** How often an operation was asked for. */
  asks(id: string): number {
    return this.world.fake.requests.filter((request) => request === id).length;
  }
}

/** What GitLab and Gitea have in common: how they fail, and what a crash or a lost answer must not make twice. */
export function describeRestForge(name: string, traits: Traits): void {
  describe(`a forge by HTTP and JSON: ${name}`, () => {
    const at = new RestForgeTest();
    beforeEach(() => at.begin(traits.makeWorld));
    afterEach(() => at.end());
    const verify = () => at.world.forge.verify(at.asked());

    test('verifies a private repository', async () => {
      const facts = { owner: traits.owner, name: 'engine', defaultBranch: 'main', mayPush: true };
      expect(await verify()).toEqual(facts);
      at.world.fake.addToken('token-of-eve', { login: 'eve', canPush: false });
      at.world.environment.TOKEN_OF_TEST = 'token-of-eve';
      expect(await verify()).toEqual({ ...facts, mayPush: false });
      at.world.engine.repository.isEmpty = true;
      expect((await codeOf(verify()))[0]).toBe('repository_empty');
    });

    test('does not let work begin that cannot be pushed', async () => {
      const expected = () => at.world.forge.expectPush(at.asked());
      expect(await expected()).toBeUndefined();
      at.world.fake.addToken('token-of-eve', { login: 'eve', canPush: false });
      at.world.environment.TOKEN_OF_TEST = 'token-of-eve';
      const mayNot = ['forge_permission_missing', expect.stringContaining('but not push to it: it needs')];
      expect(await codeOf(expected())).toEqual(mayNot);
      delete at.world.environment.TOKEN_OF_TEST;
      expect((await codeOf(expected()))[0]).toBe('forge_auth_required');
    });

    test.each(traits.recognised)('recognises %s: %s', (template, recognised) => {
      const { host } = at.world.fake;
      const repositoryUrl = template.replace('HOST', host).replace('NAME', host.replace(/:.*/, ''));
      expect(at.world.forge.recognises({ repositoryUrl })).toBe(recognised);
    });

    test('knows the page of a file', () => {
      const file = { repositoryUrl: at.world.engine.url, branch: 'feat-x', path: 'specs/a plan.md' };
      const page = `http://${at.world.fake.host}/${traits.owner}/engine`;
      expect(at.world.forge.fileUrl(file)).toBe(`${page}${traits.filePage}`);
    });

    describe('what goes wrong says what to do', () => {
      test.each([
        ['unauthorized', 'forge_token_refused', 'set TOKEN_OF_TEST anew'],
        ['scope_missing', 'forge_permission_missing', traits.words.scope_missing],
        ['not_found', 'repository_unreachable', traits.words.not_found],
        ['moved', 'repository_unreachable', 'has moved'],
        ['conflict', 'forge_refused', traits.words.conflict],
        ['invalid', 'forge_refused', traits.words.invalid],
        ['rate_limited', 'forge_unavailable', `It is lifted at ${RATE_LIMIT_RESET}`],
        ['bad_gateway', 'forge_unavailable', 'answers 502'],
        ['cut', 'forge_unavailable', 'cannot be reached'],
      ] as const)('%s: %s', async (kind, code, words) => {
        at.fault(traits.verify, kind);
        const [found, message] = await codeOf(verify());
        expect([found, message]).toEqual([code, expect.stringContaining(words)]);
        expect(message).not.toContain(TOKEN);
      });

      test('a limit has the time at which it is worth to try again', async () => {
        at.fault(traits.verify, 'rate_limited');
        await expect(verify()).rejects.toMatchObject({ retryAt: expect.stringMatching(/^20\d\d-.*Z$/) });
        expect(at.asks(traits.verify)).toBe(1);
      });

      test('silence: forge_unavailable', async () => {
        at.fault(traits.verify, 'silent');
        expect((await codeOf(verify()))[0]).toBe('forge_unavailable');
      });

      test('no token: forge_auth_required', async () => {
        delete at.world.environment.TOKEN_OF_TEST;
        const [code, message] = await codeOf(verify());
        expect([code, message]).toEqual(['forge_auth_required', expect.stringContaining('set TOKEN_OF_TEST')]);
      });

      test('a cancel: cancelled, also while a limit is waited for', async () => {
        for (const kind of ['silent', 'bad_gateway'] as const) {
          const abort = new AbortController();
          at.fault(traits.verify, kind, 1);
          const answer = codeOf(at.world.forge.verify({ ...at.asked(), signal: abort.signal }));
          abort.abort();
          expect((await answer)[0]).toBe('cancelled');
        }
      });

      test('a read is tried again, and a short limit waited for', async () => {
        at.fault(traits.verify, 'bad_gateway', 2);
        at.fault(traits.verify, 'cut', 1);
        at.fault(traits.verify, 'briefly_limited', 2);
        expect((await verify()).name).toBe('engine');
        expect(at.asks(traits.verify)).toBe(6);
      });
    });

    describe('an issue', () => {
      test('comes with its comments, and is no pull request', async () => {
        const comments = [{ id: 1, login: 'eve', body: 'Me too.' }];
        at.world.engine.addIssue({ title: 'Dark', body: 'Please.', comments });
        expect(await at.world.forge.issue({ ...at.asked(), number: '1' })).toEqual({
          number: '1',
          title: 'Dark',
          body: 'Please.',
          isPullRequest: false,
          comments: [{ author: 'eve', body: 'Me too.' }],
        });
      });

      test('with very many comments has the latest hundred, the oldest first', async () => {
        const comments = Array.from({ length: 230 }, (_, index) => ({ id: index, login: 'eve', body: `${index}` }));
        at.world.engine.addIssue({ comments });
        const issue = await at.world.forge.issue({ ...at.asked(), number: '1' });
        expect(issue?.comments.map(({ body }) => body)).toEqual(comments.slice(-100).map(({ body }) => body));
      });

      test('that does not exist is an error with the reason', async () => {
        const [code, message] = await codeOf(at.world.forge.issue({ ...at.asked(), number: '99' }));
        expect([code, message]).toEqual(['repository_unreachable', expect.stringContaining('Could not read issue 99')]);
      });
    });

    describe('a pull request', () => {
      test('is opened once, with title, text and base', async () => {
        const url = `http://${at.world.fake.host}/${traits.owner}/engine${traits.pullPage}`;
        expect(await at.open()).toEqual({ opened: true, url });
        expect(await at.open()).toEqual({ opened: true, url });
        expect(at.pulls()).toMatchObject([{ number: 1, title: 'Work', body: 'Done.', head: BRANCH, base: 'main' }]);
      });

      test.each(['answer_lost', 'cut_after', 'cut', 'bad_gateway', 'briefly_limited'] as const)(
        'is there once after %s: it is looked for before it is opened again',
        async (kind) => {
          at.fault(traits.create, kind, 1);
          expect((await at.open()).opened).toBe(true);
          expect(at.pulls()).toHaveLength(1);
          expect(at.asks(traits.create)).toBe(kind === 'answer_lost' || kind === 'cut_after' ? 1 : 2);
        },
      );

      test('is told as failed when the forge stays away, after three tries', async () => {
        at.fault(traits.create, 'bad_gateway');
        expect((await codeOf(at.open()))[0]).toBe('forge_unavailable');
        expect(at.asks(traits.create)).toBe(3);
      });

      test('is refused in the words of the forge', async () => {
        at.fault(traits.create, 'invalid');
        expect(await codeOf(at.open())).toEqual(['forge_refused', expect.stringContaining(traits.words.invalid)]);
      });

      test('that a person has closed is not opened a second time', async () => {
        await at.open();
        at.pulls()[0]!.state = 'closed';
        expect((await at.open()).opened).toBe(true);
        expect(at.pulls()).toHaveLength(1);
      });

      test('of a fork with a branch of the same name is another one', async () => {
        const fork = { number: 1, title: 'x', body: '', head: BRANCH, base: 'main', state: 'open' as const };
        at.pulls().push({ ...fork, isFromFork: true, comments: [] });
        at.world.engine.addIssue({});
        await at.open();
        expect(at.pulls().map(({ isFromFork }) => isFromFork)).toEqual([true, false]);
      });

      test('counts when the forge shows it at the pushed commit, not before', async () => {
        at.world.engine.repository.stale.set(BRANCH, '1'.repeat(40));
        expect(await codeOf(at.open())).toEqual(['forge_unavailable', expect.stringContaining('at 1111111111')]);
        at.world.engine.repository.stale.clear();
        expect((await at.open()).opened).toBe(true);
        expect(at.pulls()).toHaveLength(1);
      });

      test('is a draft where one is asked for', async () => {
        const request = { branch: BRANCH, commit: at.commit, baseBranch: 'main', title: 'Work', body: '' };
        await at.world.forge.openPullRequest({ ...at.asked(), ...request, draft: true });
        expect(at.world.engine.repository.pulls[0]?.title).toBe(`${traits.draftTitle}Work`);
      });

      test('is a draft where the host is set so', async () => {
        await using drafts = await traits.makeWorld(at.folder('drafts'), { draftPullRequests: true });
        gitAs(at.world.engine.clone, 'push', '-q', drafts.engine.repository.path, `HEAD:refs/heads/${BRANCH}`);
        const repositoryUrl = drafts.engine.url;
        const request = { branch: BRANCH, commit: at.commit, baseBranch: 'main', title: 'w'.repeat(300), body: '' };
        await drafts.forge.openPullRequest({ ...at.asked(), repositoryUrl, ...request });
        const [pull] = drafts.engine.repository.pulls;
        expect(pull?.title).toBe(`${traits.draftTitle}${'w'.repeat(255 - traits.draftTitle.length)}`);
      });

      test('is opened by hand where there is no token', async () => {
        delete at.world.environment.TOKEN_OF_TEST;
        expect(await at.world.forge.opensPullRequests(at.asked())).toBe(false);
        expect(await at.open()).toEqual({ opened: false, howTo: expect.stringContaining('set TOKEN_OF_TEST') });
      });

      test('gets another text', async () => {
        await at.open();
        await at.world.forge.updatePullRequest({ ...at.asked(), number: '1', body: 'More.' });
        expect(at.pulls()[0]!.body).toBe('More.');
      });
    });

    describe('the comment that is kept', () => {
      const MARKER = '<!-- work order wo-one -->';
      const comments = () => at.world.engine.repository.issues.get(1)!.comments;
      const keep = (words: string, commentId: string | null = null) =>
        at.world.forge.keepComment({
          ...at.asked(),
          number: '1',
          commentId,
          marker: MARKER,
          body: `${words} ${MARKER}`,
        });
      beforeEach(() => void at.world.engine.addIssue({}));

      test.each(['answer_lost', 'cut_after', 'cut'] as const)('is there once after %s', async (kind) => {
        at.fault(traits.comment, kind, 1);
        expect(await keep('Begun.')).toMatchObject({ id: '1', url: expect.stringContaining('/issues/1#') });
        expect(comments()).toEqual([{ id: 1, login: 'ada', body: `Begun. ${MARKER}` }]);
      });

      test.each(['answer_lost', 'cut_after', 'cut', 'bad_gateway'] as const)(
        'is changed in spite of %s',
        async (kind) => {
          const kept = await keep('Begun.');
          at.fault(traits.change, kind, 1);
          expect(await keep('Done.', kept?.id)).toEqual(kept);
          expect(comments()).toEqual([{ id: 1, login: 'ada', body: `Done. ${MARKER}` }]);
        },
      );

      test('is found by its marker when its id was lost, among the comments of others', async () => {
        await keep('Begun.');
        comments().unshift({ id: 7, login: 'eve', body: `> ${MARKER}` });
        comments().push({ id: 8, login: 'eve', body: `> ${MARKER}` });
        await keep('Done.');
        expect(comments().map(({ body }) => body)).toEqual([`> ${MARKER}`, `Done. ${MARKER}`, `> ${MARKER}`]);
      });

      test('is made anew once when a person has deleted it', async () => {
        const kept = await keep('Begun.');
        comments().length = 0;
        const anew = await keep('Done.', kept?.id);
        await keep('Done.', anew?.id);
        expect(comments().map(({ body }) => body)).toEqual([`Done. ${MARKER}`]);
      });
    });

    describe('who may push', () => {
      const mayPush = (user: string) => at.world.forge.mayPush({ ...at.asked(), user });

      test('is whoever may write, and nobody who is unknown', async () => {
        at.world.fake.addToken('token-of-eve', { login: 'eve', canPush: false });
        expect([await mayPush('ada'), await mayPush('eve'), await mayPush('mallory')]).toEqual([true, false, false]);
      });

      test('is not answered for a repository that is gone', async () => {
        at.world.fake.repositories.clear();
        expect((await codeOf(mayPush('ada')))[0]).toBe('repository_unreachable');
      });
    });
  });
}
