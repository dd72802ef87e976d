import { z } from 'zod';
import { NETWORK_MODES } from '../domain/network.ts';
import { option, text } from './option.ts';

const CONFINEMENTS = ['auto', 'none', 'bubblewrap'] as const;

/** A host name, an IPv4 address or an IPv6 one in brackets, with a port or without; or all names below a host. */
const HOST_PATTERN = /^(?:(?:\*\.)?[^\s:/?#@\\[\]*]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** What keeps agents to their sandbox, and what they see and reach beyond it. */
export const confinementOptions = {
  confinement: option(z.enum(CONFINEMENTS).default('auto'), {
    environment: 'AWO_CONFINEMENT',
    form: 'text',
    allowed: CONFINEMENTS.join(', '),
    description:
      'How agents are confined. `auto` takes bubblewrap where it works; `bubblewrap` refuses to start without it; `none` is weaker: an agent sees what the user of the service sees, and a process that hides may outlive its agent.',
  }),
  sandboxReadable: option(z.array(text).default([]), {
    environment: 'AWO_SANDBOX_READABLE',
    form: 'paths',
    allowed: 'files and folders, separated by `:`',
    defaultText: 'none',
    description:
      'What confined agents may read beyond the system, their own program and the working copy: tool chains below the home folder, such as `~/.cargo/bin`. Such a path is found at the same place in the home folder that the agent is given.',
  }),
  network: option(z.enum(NETWORK_MODES).default('open'), {
    environment: 'AWO_NETWORK',
    form: 'text',
    allowed: NETWORK_MODES.join(', '),
    description:
      'What agents reach. `none` is nothing at all, a model neither; `allow-list` is the model of the agent and `allowedHosts`. Both need bubblewrap, and the service does not start without it.',
  }),
  allowedHosts: option(z.array(z.string().regex(HOST_PATTERN)).default([]), {
    environment: 'AWO_ALLOWED_HOSTS',
    form: 'names',
    allowed: 'names such as `packages.example.com`, `localhost:5000` and `*.example.com`, separated by commas',
    defaultText: 'none',
    description:
      'Hosts that agents reach where the network is an allow-list, beside their model. A name that means an address of the local network is refused unless the address is named too.',
  }),
};
