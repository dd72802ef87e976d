import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { workOrdersQuery } from '../api/work-orders.ts';
import type { PaletteCommand } from '../hooks/use-palette-commands.ts';
import { useOfferedCommands } from '../hooks/use-palette-commands.ts';
import { repositoryName } from './format.ts';
import { plainLine } from './plain-text.ts';

interface CommandGroup {
  readonly value: string;
  readonly items: readonly PaletteCommand[];
}

interface PaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Everything that can be done from here, by typing a few letters of it. */
export function Palette({ open, onOpenChange }: PaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Commands"
          className="bg-surface border-line fixed inset-x-2 top-[10dvh] z-50 mx-auto flex max-h-[min(30rem,80dvh)] max-w-xl flex-col overflow-hidden rounded-xl border shadow-2xl outline-none"
        >
          <Commands onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const groups = useCommandGroups();
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      value={text}
      onValueChange={setText}
      itemToStringValue={({ title, hint }: PaletteCommand) => `${title} ${hint ?? ''}`}
      autoHighlight="always"
      keepHighlight
    >
      <div className="border-line flex items-center gap-2.5 border-b px-3.5">
        <Search className="text-soft size-4 shrink-0" aria-hidden />
        <Autocomplete.Input
          aria-label="Find a command or a work order"
          placeholder="Find a command or a work order …"
          className="placeholder:text-soft h-11 w-full bg-transparent outline-none"
        />
      </div>
      <Dialog.Close className="sr-only">Close</Dialog.Close>
      <div className="overflow-y-auto overscroll-contain">
        <Autocomplete.Empty>
          <p className="text-soft p-4">Nothing is called so.</p>
        </Autocomplete.Empty>
        <Autocomplete.List className="py-1.5">
          {(group: CommandGroup) => (
            <Autocomplete.Group key={group.value} items={group.items} className="mb-1.5">
              <Autocomplete.GroupLabel className="text-soft px-3.5 py-1 text-xs font-medium">
                {group.value}
              </Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(command: PaletteCommand) => (
                  <Autocomplete.Item
                    key={`${command.title} ${command.hint}`}
                    value={command}
                    onClick={() => {
                      onDone();
                      command.run();
                    }}
                    className="data-[highlighted]:bg-raised mx-1.5 flex min-h-9 cursor-pointer scroll-my-2 items-center gap-3 rounded-md px-2"
                  >
                    <span className="min-w-0 flex-1 truncate">{command.title}</span>
                    {command.hint && <span className="text-soft max-w-[45%] truncate text-xs">{command.hint}</span>}
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
    </Autocomplete.Root>
  );
}

/** Those of the page in view first, then where one can go. */
function useCommandGroups(): readonly CommandGroup[] {
  const navigate = useNavigate();
  const offered = useOfferedCommands();
  const { data: workOrders = [] } = useQuery(workOrdersQuery());
  const places: readonly PaletteCommand[] = [
    { title: 'New work order', run: () => void navigate({ to: '/new' }) },
    { title: 'All work orders', run: () => void navigate({ to: '/' }) },
    { title: 'Known repositories', run: () => void navigate({ to: '/known-repositories' }) },
    { title: 'The routes of the API', hint: '/docs', run: () => window.location.assign('/docs') },
  ];
  const recent = workOrders.map(
    ({ agent_work_order_id: id, user_request, status, repository_url }): PaletteCommand => ({
      title: plainLine(user_request),
      hint: `${status} · ${plainLine(repositoryName(repository_url))} · ${id}`,
      run: () => void navigate({ to: '/work-orders/$id', params: { id } }),
    }),
  );
  return [
    { value: 'This page', items: offered },
    { value: 'Go to', items: places },
    { value: 'Work orders', items: recent },
  ].filter(({ items }) => items.length > 0);
}
