import type { WorkOrderId } from './ids.ts';

/** What a forge tells of an issue, in one shape for all of them. */
export interface IssueNews {
  readonly repository_url: string;
  readonly issue_number: string;
  readonly is_pull_request: boolean;
  /** Who has done it. */
  readonly user: string;
  readonly is_bot: boolean;
  /** Of the issue. */
  readonly title: string;
  readonly body: string;
  /** The page of the issue or of the comment. */
  readonly url: string;
  readonly happened: LabelsChanged | Commented;
}

interface LabelsChanged {
  readonly kind: 'labels';
  /** Null where the forge says which labels the issue has, and not which of them is new. */
  readonly added: readonly string[] | null;
  readonly present: readonly string[];
}

interface Commented {
  readonly kind: 'comment';
  readonly text: string;
}

/** A request of a forge that asks for a work order, as it is kept before it is answered. */
export interface NewDelivery {
  /** The forge's own number of it, with the host before it. */
  readonly delivery_id: string;
  /** Of the signed body: the number itself is not signed by every forge. */
  readonly body_hash: string;
  readonly forge: string;
  readonly repository_url: string;
  readonly issue_number: string;
  readonly is_pull_request: boolean;
  /** `unlabelled` only where the forge does not say which label was put on: then a label counts once while it stays. */
  readonly wish: 'labelled' | 'unlabelled' | 'commented';
  readonly names_label: boolean;
  readonly user: string;
  readonly user_request: string;
  readonly url: string;
  readonly received_at: string;
}

/** What has become of it. */
export interface Delivery extends NewDelivery {
  /** `refused` is answered on the issue, `ignored` is not: strangers get no answer. */
  readonly status: 'received' | 'accepted' | 'refused' | 'ignored';
  readonly reason: string | null;
  readonly work_order_id: WorkOrderId | null;
  /** The comment that answers it. */
  readonly comment_id: string | null;
  /** True when nothing is left to do: its last comment has been made, or there is to be none. */
  readonly settled: boolean;
}

export type DeliveryChange = Partial<Pick<Delivery, 'status' | 'reason' | 'work_order_id' | 'comment_id' | 'settled'>>;

/** What an issue asks for, or why it asks for nothing. */
export type Wish =
  | Pick<NewDelivery, 'wish' | 'names_label' | 'user_request'>
  | { readonly wish: null; readonly reason: string };

const COMMAND = /^\/work-order(?![^\s])/;
/** What a request may have; forges let issues be about as long. */
const MAX_REQUEST_CHARACTERS = 60_000;
/** A comment of the service's own begins its last line with it, and is never a wish. */
export const COMMENT_MARK = '<!-- agent-work-orders';

/** What a piece of news asks for: a label that was put on, or a comment that begins with `/work-order`. */
export function wishOf(news: IssueNews, label: string): Wish {
  if (news.is_bot) return { wish: null, reason: `${news.user} is a bot.` };
  const { happened } = news;
  if (happened.kind === 'comment') {
    const text = happened.text.trim();
    if (!COMMAND.test(text) || text.includes(COMMENT_MARK))
      return { wish: null, reason: 'The comment does not begin with /work-order.' };
    const asked = text.replace(COMMAND, '').trim();
    return { wish: 'commented', names_label: true, user_request: cut(asked === '' ? issueRequest(news) : asked) };
  }
  const { added, present } = happened;
  const wanted = label.toLowerCase();
  const isAmong = (labels: readonly string[]) => labels.some((each) => each.toLowerCase() === wanted);
  if (added !== null && !isAmong(added)) return { wish: null, reason: `The label ${label} was not put on.` };
  const isOn = added !== null || isAmong(present);
  return {
    wish: isOn ? 'labelled' : 'unlabelled',
    names_label: added !== null,
    user_request: cut(issueRequest(news)),
  };
}

function issueRequest({ issue_number, title, body }: IssueNews): string {
  return [`Fix issue #${issue_number}: ${title}`, body.trim()].filter((part) => part !== '').join('\n\n');
}

function cut(text: string): string {
  return text.length > MAX_REQUEST_CHARACTERS ? `${text.slice(0, MAX_REQUEST_CHARACTERS)}…` : text;
}
