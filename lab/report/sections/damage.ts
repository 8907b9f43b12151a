import { damageColumns, damageRows } from '../damage-rows.ts';
import { formatCount, oneLine } from '../format.ts';
import { clip, type Page } from '../layout.ts';
import type { Report } from '../report.ts';

const NAME_LENGTH = 16;

/** What wrong clocks did, side by side; kinds of damage that nowhere occur are left out. */
export function writeDamage(page: Page, { damage, variants }: Report): void {
  page.heading('Damage by wrong times');
  const columns = damageColumns(damage, variants);
  const rows = damageRows(damage).filter(({ of }) => columns.some(({ figures }) => of(figures) > 0));
  if (rows.length === 0) return page.text('None: every flow is told when it was.');
  page.table(
    [
      ['', ...columns.map(({ name }) => clip(oneLine(name), NAME_LENGTH))],
      ...rows.map(({ name, of, format }) => [name, ...columns.map(({ figures }) => format(of(figures)))]),
    ],
    `l${'r'.repeat(columns.length)}`,
  );
  const encodings = damage.byEncoding.length;
  if (encodings > 0)
    page.text(`--out writes report.html: the same by ${formatCount(encodings, 'way', 'ways')} an export can tell times.`);
}
