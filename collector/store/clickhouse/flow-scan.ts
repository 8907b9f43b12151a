import { CollectedBatch } from '../../collecting/collected-batch.ts';
import { FLOWS, type StoredColumn } from '../columns.ts';
import { isFrom, type Exporter, type FlowColumn, type StoredFlows } from '../flow-store.ts';
import { octetsOf } from './address-sql.ts';
import type { ClickHouseConnection } from './connection.ts';
import { nativeBlocks } from './native-reader.ts';

/** Rows that are shown at once. */
const SHOWN_ROWS = 8_192;
/** Octets that are sorted in memory; what is more goes through the server's disk. */
const SORTED_OCTETS = 1_000_000_000;

/** The columns of Flow Records by id, as `FlowStore.scan` gives them. */
export async function scanFlows<Column extends FlowColumn>(
  connection: ClickHouseConnection,
  columns: readonly Column[],
  onRows: (rows: StoredFlows<Column>) => void,
  exporter: Exporter | undefined,
): Promise<void> {
  const read = FLOWS.columns.filter(({ from }) => (columns as readonly FlowColumn[]).includes(from));
  const names = ['toFloat64(id)', ...read.map(({ name, type }) => (type === 'UBIGINT' ? `toFloat64(${name})` : name))];
  const where = exporter === undefined ? '' : `WHERE ${isFrom(exporter, octetsOf)}`;
  const sql = `SELECT ${names.join(', ')} FROM flows ${where} ORDER BY id
    SETTINGS max_bytes_before_external_sort = ${SORTED_OCTETS}`;
  const shown = Object.assign(new CollectedBatch(SHOWN_ROWS), { id: new Float64Array(SHOWN_ROWS) });
  for await (const { rows, columns: values } of nativeBlocks(connection.read(sql))) {
    for (let from = 0; from < rows; from += SHOWN_ROWS) {
      shown.length = Math.min(SHOWN_ROWS, rows - from);
      const [ids, ...others] = values.map(({ octets }) => {
        const width = octets.length / rows;
        return octets.subarray(width * from, width * (from + shown.length));
      });
      copyNumbers(ids as Uint8Array, shown.id);
      read.forEach((column, index) => copy(others[index] as Uint8Array, column, shown));
      onRows(shown);
    }
  }
}

function copy(octets: Uint8Array, { from, type }: StoredColumn<CollectedBatch>, to: CollectedBatch): void {
  const target = to[from];
  if (type !== 'UHUGEINT') return copyNumbers(octets, target);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  for (let word = 0; word < octets.length / 4; word++) target[word] = view.getUint32(4 * word);
}

/** The server and this machine both write a number's lowest octet first. */
function copyNumbers(octets: Uint8Array, { buffer, byteOffset }: Float64Array | Uint32Array | Uint16Array | Uint8Array): void {
  new Uint8Array(buffer, byteOffset, octets.length).set(octets);
}
