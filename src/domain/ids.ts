/** `wo-` and eight characters of a-z and 0-9: short enough for a branch name, 2.8e12 values. */
export type WorkOrderId = `wo-${string}`;

/** `repo-` and eight characters of a-z and 0-9. */
export type RepositoryId = `repo-${string}`;

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const LENGTH = 8;

/** How many random bytes `workOrderId` wants. */
export const WORK_ORDER_ID_BYTES = LENGTH;

/** How many random bytes `repositoryId` wants. */
export const REPOSITORY_ID_BYTES = LENGTH;

/** Makes an id from random bytes; the caller brings the randomness, so that the domain stays pure. */
export function workOrderId(randomBytes: Uint8Array): WorkOrderId {
  return `wo-${suffixOf(randomBytes)}`;
}

/** Makes the id of a known repository from random bytes. */
export function repositoryId(randomBytes: Uint8Array): RepositoryId {
  return `repo-${suffixOf(randomBytes)}`;
}

/** `p-` and eight characters of a-z and 0-9; the id of a message within its work order. */
export type MessageId = `p-${string}`;

/** Makes an id from as many random bytes as `workOrderId` wants. */
export function messageId(randomBytes: Uint8Array): MessageId {
  return `p-${suffixOf(randomBytes)}`;
}

export function isMessageId(text: string): text is MessageId {
  return /^p-[a-z0-9]{1,32}$/.test(text);
}

/** The part after `wo-`, used in names of files and branches. */
export function idSuffix(id: WorkOrderId): string {
  return id.slice('wo-'.length);
}

export function isWorkOrderId(text: string): text is WorkOrderId {
  return /^wo-[a-z0-9]{1,32}$/.test(text);
}

export function isRepositoryId(text: string): text is RepositoryId {
  return /^repo-[a-z0-9]{1,32}$/.test(text);
}

function suffixOf(randomBytes: Uint8Array): string {
  let text = '';
  for (const byte of randomBytes.subarray(0, LENGTH)) text += ALPHABET.charAt(byte % ALPHABET.length);
  return text;
}
