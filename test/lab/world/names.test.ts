import { expect, it } from 'vitest';
import { runWorld, SMALL } from '../../support/small-world.ts';

it('leaves the names that were learnt in the file, for whoever asks it later', async () => {
  const { world, store } = await runWorld(SMALL);
  const named = await store.query<{ id: number; name: string }>(
    "SELECT id, name FROM latest_labels WHERE kind = 'application' ORDER BY id",
  );
  store.close();
  const learnt = world.collecting.applications.map(({ id, name }) => ({ id, name }));
  expect(learnt.length).toBeGreaterThan(0);
  expect(named).toEqual(learnt.sort((one, other) => one.id - other.id));
});
