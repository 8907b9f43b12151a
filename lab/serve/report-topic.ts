import type { ReportView } from '../../collector/api/view/report-view.ts';
import type { Topic } from '../../collector/api/view/topic.ts';

const PATH = '/report.html';

/** The topic `report`: where the file about a run is, once `document` has it. */
export function reportTopic(name: string, seed: number, document: () => string | undefined): Topic {
  const view = (): ReportView => {
    const text = document();
    return {
      fileName: `${name}-seed-${seed}.html`,
      ...(text === undefined ? {} : { path: PATH, octets: Buffer.byteLength(text) }),
    };
  };
  return { view: () => Promise.resolve(view()), revision: () => document()?.length ?? 0 };
}
