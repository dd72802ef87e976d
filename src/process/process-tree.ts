import { environmentHolds, listProcesses, readProcess } from './process-table.ts';
import type { ProcessRow } from './process-table.ts';
import { pause } from './wait.ts';

/** The name of the environment variable by which every process of a tree is known. */
export const MARKER_VARIABLE = 'AWO_PROCESS_MARKER';

/** How to find the processes of one run of a program. */
export interface ProcessTree {
  /** Leader of a session and group of its own. */
  readonly rootPid: number;
  readonly rootStartedAt: number;
  /** The value of the marker variable in the environment of the root. */
  readonly marker: string;
}

/** The first process of a pid namespace: when it is dead, the kernel has ended everything in the namespace. */
export interface NamespaceInit {
  readonly pid: number;
  readonly startedAt: number;
}

/** Processes that were seen to belong to a tree, by pid with their start: they belong to it for ever. */
export type KnownMembers = ReadonlyMap<number, number>;

const KILL_FOR_MS = 2000;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;

/**
 * Asks a tree to end by SIGTERM: its group, or in a pid namespace the children of the first process and that process's
 * group, for bubblewrap itself would kill everything hard on SIGTERM. Tells whether there was anybody to ask, and who
 * belonged to the tree before, while those that change their session and environment still had their parents.
 * Only for a root that has not been waited for, so that its number cannot belong to somebody else.
 */
export async function askTreeToEnd(
  tree: ProcessTree,
  init: NamespaceInit | null,
): Promise<{ readonly asked: boolean; readonly known: KnownMembers }> {
  if (init === null) {
    const { members } = await findMembers({ tree, rootWasAlive: true, known: new Map() });
    const known = new Map(members.map((row) => [row.pid, row.startedAt]));
    return { asked: send(-tree.rootPid, 'SIGTERM'), known };
  }
  const rows = await listProcesses();
  const inside = rows.filter(
    (row) => row.alive && row.pid !== init.pid && (row.parentPid === init.pid || row.groupId === init.pid),
  );
  return { asked: inside.map((row) => send(row.pid, 'SIGTERM')).includes(true), known: new Map() };
}

/**
 * Kills a tree and confirms its death. Resolves with what was still alive after about 2 s, as `pid name`.
 *
 * Without a pid namespace the members are looked for again and again until none is found: the root, its group and
 * session, whoever carries the marker, all their descendants, and the groups and sessions these have founded. A
 * process that has left its parent, its session and its marker behind is not found.
 */
export async function killTree(input: {
  readonly tree: ProcessTree;
  readonly init: NamespaceInit | null;
  /**
   * True when the root is known to have lived until now, so that a group with its number is its own. Else a group
   * whose leader is gone counts only if one of it carries the marker: the number may have gone to somebody else.
   */
  readonly rootWasAlive: boolean;
  readonly known?: KnownMembers;
}): Promise<{ readonly killed: number; readonly survivors: readonly string[] }> {
  const { tree, init } = input;
  if (init !== null) {
    if (await lives(tree.rootPid, tree.rootStartedAt)) send(tree.rootPid, 'SIGKILL');
    if (await lives(init.pid, init.startedAt)) send(init.pid, 'SIGKILL');
    if (await diesInTime(init)) return { killed: 1, survivors: [] };
  }
  return await killMembers(input);
}

async function killMembers(input: {
  readonly tree: ProcessTree;
  readonly rootWasAlive: boolean;
  readonly known?: KnownMembers;
}): Promise<{ readonly killed: number; readonly survivors: readonly string[] }> {
  const known = new Map(input.known);
  const killed = new Set<number>();
  const startedMs = performance.now();
  let pauseMs = FIRST_PAUSE_MS;
  let emptyLooks = 0;
  for (;;) {
    const look = await findMembers({ ...input, known });
    if (look.members.length === 0) {
      emptyLooks += 1;
      // A look is not a snapshot: who forked during it can be missed, so what was busy is looked at twice.
      const enough = killed.size > 0 || look.doubtful ? 2 : 1;
      if (emptyLooks >= enough) return { killed: killed.size, survivors: [] };
    } else {
      emptyLooks = 0;
      // Whole groups first: that is one act of the kernel's, which a group that forks all the time cannot outrun.
      for (const groupId of look.groups) send(-groupId, 'SIGKILL');
      for (const row of look.members) {
        known.set(row.pid, row.startedAt);
        killed.add(row.pid);
        send(row.pid, 'SIGKILL');
      }
      if (performance.now() - startedMs > KILL_FOR_MS) {
        const survivors = look.members.map((row) => `${row.pid} ${row.name}`);
        return { killed: killed.size - survivors.length, survivors };
      }
    }
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** The living processes of a tree. */
async function findMembers(input: {
  readonly tree: ProcessTree;
  readonly rootWasAlive: boolean;
  readonly known: KnownMembers;
}): Promise<{
  readonly members: readonly ProcessRow[];
  /** Groups that are wholly of the tree. */
  readonly groups: readonly number[];
  /** True when a process could not be told from one of the tree. */
  readonly doubtful: boolean;
}> {
  const { tree, known } = input;
  const all = await listProcesses();
  const candidates = all.filter(
    (row) => row.alive && row.startedAt >= tree.rootStartedAt && row.pid !== process.pid && row.pid !== 1,
  );
  const members = new Map<number, ProcessRow>();
  let doubtful = false;
  for (const row of candidates) {
    const held = environmentHolds(row.pid, `${MARKER_VARIABLE}=${tree.marker}`);
    if (held === 'unknown') doubtful = true;
    const isRoot = row.pid === tree.rootPid && row.startedAt === tree.rootStartedAt;
    if (held === 'yes' || isRoot || known.get(row.pid) === row.startedAt) members.set(row.pid, row);
  }
  const leaders = new Set<number>();
  if (rootGroupIsOurs(input, all, members)) leaders.add(tree.rootPid);
  let before = -1;
  while (members.size > before) {
    before = members.size;
    for (const row of candidates) {
      const belongs =
        members.has(row.parentPid) ||
        [row.groupId, row.sessionId].some((id) => id !== null && (leaders.has(id) || members.has(id)));
      if (belongs) members.set(row.pid, row);
    }
  }
  const groups = new Set([...members.values()].map((row) => row.groupId));
  return {
    members: [...members.values()],
    groups: [...groups].filter((id) => leaders.has(id) || members.has(id)),
    doubtful,
  };
}

/** The system gives a number to nobody else while a group or session of that number has a member. */
function rootGroupIsOurs(
  input: { readonly tree: ProcessTree; readonly rootWasAlive: boolean },
  all: readonly ProcessRow[],
  members: ReadonlyMap<number, ProcessRow>,
): boolean {
  const { rootPid, rootStartedAt } = input.tree;
  const holder = all.find((row) => row.pid === rootPid);
  if (holder !== undefined) return holder.startedAt === rootStartedAt;
  if (input.rootWasAlive) return true;
  return [...members.values()].some((row) => row.groupId === rootPid || row.sessionId === rootPid);
}

async function diesInTime(init: NamespaceInit): Promise<boolean> {
  const startedMs = performance.now();
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    if (!(await lives(init.pid, init.startedAt))) return true;
    if (performance.now() - startedMs > KILL_FOR_MS) return false;
    await pause(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function lives(pid: number, startedAt: number): Promise<boolean> {
  const row = await readProcess(pid);
  return row !== null && row.alive && row.startedAt === startedAt;
}

/** False when there is nobody or we may not. */
function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
