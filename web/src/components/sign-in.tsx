import { useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { send } from '../api/request.ts';
import { session } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { ProblemNotice } from './problem-notice.tsx';

/** Asks for the token of the service, once. */
export function SignIn() {
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationFn: () => send('/session', { method: 'POST', body: { token } }),
    onSuccess: () => session.unlock(),
  });
  return (
    <main className="mx-auto max-w-md p-6 pt-[15dvh]">
      <Panel className="p-6">
        <h1 className="mb-1 text-lg font-semibold">This service wants a token</h1>
        <p className="text-soft mb-5 leading-relaxed">
          It is the value of <code>AWO_API_TOKEN</code> where the service was started. This browser then stays signed in
          until the token changes.
        </p>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <Field label="Token" name="token">
            <TextInput
              type="password"
              autoComplete="current-password"
              required
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
            />
          </Field>
          {signIn.error && <ProblemNotice error={signIn.error} />}
          <Button type="submit" variant="primary" disabled={signIn.isPending || token === ''}>
            Sign in
          </Button>
        </form>
      </Panel>
    </main>
  );
}
