import { useSignal } from '@preact/signals';
import { connection } from '../live/connection.ts';

/** Asks for the token of a server that is not on loopback. */
export function TokenForm() {
  const token = useSignal('');
  const mistake = useSignal<string | undefined>(undefined);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const isRight = await connection.useToken(token.value.trim());
    mistake.value = isRight ? undefined : 'This is not the token of this server.';
  };
  return (
    <main class="token-form">
      <form onSubmit={(event) => void submit(event)}>
        <h1>This server asks for a token</h1>
        <p>
          Whoever runs it has set it as <code>api.token</code>. It is kept until this tab is closed.
        </p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          aria-invalid={mistake.value !== undefined}
          aria-describedby="token-mistake"
          value={token.value}
          onInput={(event) => (token.value = event.currentTarget.value)}
        />
        <p id="token-mistake" class="mistake" role="alert">
          {mistake.value}
        </p>
        <button type="submit" class="primary" disabled={token.value.trim() === ''}>
          Show the page
        </button>
      </form>
    </main>
  );
}
