import { Download } from 'lucide-react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { LogFilter } from '../../../api/log.ts';
import { logDownloadPath } from '../../../api/log.ts';

interface LogDownloadProps {
  readonly id: WorkOrderId;
  readonly filter: LogFilter;
}

/** The entries that the filter gives, all of them, as a file. */
export function LogDownload({ id, filter }: LogDownloadProps) {
  return (
    <span className="text-soft inline-flex items-center gap-2 text-xs whitespace-nowrap">
      <Download className="size-3.5" aria-hidden />
      <a href={logDownloadPath(id, filter, 'text')} download className="hover:text-ink underline">
        <span className="sr-only">Download as </span>text
      </a>
      <a href={logDownloadPath(id, filter, 'ndjson')} download className="hover:text-ink underline">
        <span className="sr-only">Download as </span>NDJSON
      </a>
    </span>
  );
}
