import { expect, it } from 'vitest';
import { liveSchema } from '../../../collector/api/live/config.ts';
import { Views } from '../../../collector/io/page/views.ts';

it('makes few views at a time, none that nobody waits for any longer, and all others', async () => {
  const page = {};
  const asked: string[] = [];
  const made: string[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const slow = {
    view: async (parameters: ReadonlyMap<string, string>) => {
      asked.push(parameters.get('at') ?? '');
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 10));
      atOnce--;
      return {};
    },
    revision: () => 0,
  };
  const views = new Views(liveSchema.parse({}), { topics: new Map([['slow', slow]]) }, (error) =>
    expect.unreachable(error.message),
  );
  const onMade = ({ question }: { question: { parameters: ReadonlyMap<string, string> } }): void =>
    void made.push(question.parameters.get('at') ?? '');
  const followed = Array.from({ length: 40 }, (_, at) =>
    views.follow({ topic: 'slow', parameters: new Map([['at', `${at}`]]) }, page),
  );
  views.makeDue(onMade);
  for (const each of followed.slice(10, 30)) views.unfollow(each, page);
  await expect.poll(() => made.length).toBe(20);
  expect(mostAtOnce).toBeLessThanOrEqual(4);
  const wanted = followed.flatMap((_, at) => (at < 10 || at >= 30 ? [`${at}`] : []));
  expect(asked.toSorted()).toEqual(wanted.toSorted());
  await views.close();
});
