import { z } from 'zod';
import { option } from './option.ts';

const bytes = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const BYTES_ALLOWED = 'a whole number of bytes from 1';

/** How much a checkpoint may take in, and how much of the disk is left alone. */
export const workingCopyOptions = {
  maxFileBytes: option(bytes.default(50_000_000), {
    environment: 'AWO_MAX_FILE_BYTES',
    form: 'number',
    allowed: BYTES_ALLOWED,
    description: 'How large a file may be that an agent makes or changes, in bytes. A larger one fails the step.',
  }),
  maxChangeBytes: option(bytes.default(500_000_000), {
    environment: 'AWO_MAX_CHANGE_BYTES',
    form: 'number',
    allowed: BYTES_ALLOWED,
    description: 'How large all files together may be that an agent makes or changes, in bytes.',
  }),
  maxChangeFiles: option(z.int().min(1).max(10_000_000).default(50_000), {
    environment: 'AWO_MAX_CHANGE_FILES',
    form: 'number',
    allowed: 'a whole number from 1 to 10000000',
    description: 'How many files an agent may make or change. Ignored files never count.',
  }),
  diskFloorBytes: option(z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(500_000_000), {
    environment: 'AWO_DISK_FLOOR_BYTES',
    form: 'number',
    allowed: 'a whole number of bytes; 0 for no floor',
    description:
      'How much room is left free where the working copies lie, in bytes. Below it the mirrors that nothing uses are removed, the longest unused first; where that is not enough, no new sandbox is made.',
  }),
  dataFolderQuotaBytes: option(z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0), {
    environment: 'AWO_DATA_FOLDER_QUOTA_BYTES',
    form: 'number',
    allowed: 'a whole number of bytes; 0 for no quota',
    description:
      'How much the data folder and `temporaryDirectory` may take together, in bytes. Beyond it no new sandbox is made: work orders wait until there is room. Measured beside the work, every minute where that is quick.',
  }),
};
