/** What the folders of the service took together at a time, in bytes on the disk. */
export interface MeasuredUse {
  readonly bytes: number;
  /** When the measuring began; ISO 8601 in UTC. */
  readonly at: string;
}

/** What the service may take of the disk, and what it takes. */
export interface DiskUse {
  /** Null for no quota. */
  readonly quotaBytes: number | null;
  /** The latest measurement; null before the first, and where there is no quota. Measures nothing. */
  latest(): MeasuredUse | null;
}
