import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ProblemError } from '../../api/problem.ts';
import { repositoriesQuery } from '../../api/repositories.ts';
import { createWorkOrder } from '../../api/work-orders.ts';
import { faultsOf } from '../../components/faults.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useFocusOnFault, useSendByKey } from '../../hooks/use-form-keys.ts';
import { usePageFrame } from '../../hooks/use-page-frame.ts';
import { Button } from '../../ui/button.tsx';
import { CheckBox } from '../../ui/check-box.tsx';
import { Field, TextArea, TextInput } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AgentFields } from './agent-fields.tsx';
import type { Draft } from './draft.ts';
import { requestOf, useDraft } from './draft.ts';
import { openFaults } from './open-faults.ts';
import { MORE_FIELDS, MoreFields } from './more-fields.tsx';
import { RepositoryField, useRepositoryCheck } from './repository-field.tsx';

/** The form for a new work order. */
export function NewWorkOrderPage() {
  usePageFrame({ title: 'New work order' });
  const { repository } = useSearch({ from: '/new' });
  const { draft, change, clear } = useDraft(repository);
  const { data: repositories = [] } = useQuery(repositoriesQuery());
  const { check } = useRepositoryCheck(draft.repository_url);
  const send = useSend(clear);
  const faults = openFaults(faultsOf(send.error), { sent: send.variables, draft });
  const form = useRef<HTMLFormElement>(null);
  useFocusOnFault(form, send.error);
  useSendByKey(form);
  const [isMore, setMore] = useState(false);
  const known = repositories.find(({ repository_url }) => repository_url === draft.repository_url.trim());
  const isKeyUsed = send.error instanceof ProblemError && send.error.code === 'idempotency_key_reused';
  const branch = known?.default_base_branch;
  return (
    <div className="mx-auto max-w-2xl">
      <h1 className="mb-3 text-lg font-semibold">New work order</h1>
      <Panel>
        <form
          ref={form}
          noValidate
          className="flex flex-col gap-5 p-4 sm:p-6"
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate(draft);
          }}
        >
          <RepositoryField
            value={draft.repository_url}
            onChange={(repository_url) => change({ repository_url })}
            known={repositories}
            fault={faults.get('repository_url')}
          />
          <Field
            name="user_request"
            label="Request"
            hint="What shall be done, in plain words. An issue that it names, such as #42, is read too."
            fault={faults.get('user_request')}
          >
            <TextArea
              value={draft.user_request}
              onChange={(event) => change({ user_request: event.currentTarget.value })}
              className="min-h-36"
              placeholder="Add a dark mode. See issue #42."
            />
          </Field>
          <AgentFields draft={draft} onChange={change} known={known} faults={faults} />
          <Field
            name="base_branch"
            label="Base branch"
            hint={branch ? 'The default that is kept for this repository, unless you name another' : undefined}
            fault={faults.get('base_branch')}
          >
            <TextInput
              value={draft.base_branch}
              onChange={(event) => change({ base_branch: event.currentTarget.value })}
              placeholder={branch ?? check?.default_branch ?? 'the default branch of the repository'}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
            />
          </Field>
          <CheckBox
            label="Show me the plan first"
            hint="It waits until you approve the plan, edit it or reject it."
            checked={draft.approve_plan}
            onChange={(approve_plan) => change({ approve_plan })}
          />
          <details
            className="border-line border-t pt-3"
            open={isMore || MORE_FIELDS.some((field) => faults.has(field))}
            onToggle={(event) => setMore(event.currentTarget.open)}
          >
            <summary className="text-soft hover:text-ink w-fit rounded font-medium">More</summary>
            <div className="pt-3">
              <MoreFields draft={draft} onChange={change} known={known} faults={faults} />
            </div>
          </details>
          {send.error && (faultsOf(send.error).size === 0 || isKeyUsed) && <ProblemNotice error={send.error} />}
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="primary" disabled={send.isPending} focusableWhenDisabled>
              {send.isPending ? 'Handing it in …' : 'Create work order'}
            </Button>
            {isKeyUsed && <Button onClick={() => change({ key: crypto.randomUUID() })}>It is to be another one</Button>}
            <span className="text-soft text-xs max-sm:hidden">or Ctrl-Enter</span>
            <Button variant="quiet" className="ml-auto" onClick={clear}>
              Clear
            </Button>
          </div>
        </form>
      </Panel>
    </div>
  );
}

function useSend(onSent: () => void) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (draft: Draft) => createWorkOrder(requestOf(draft), draft.key),
    onSuccess: async ({ agent_work_order_id: id }) => {
      onSent();
      await navigate({ to: '/work-orders/$id', params: { id } });
    },
  });
}
