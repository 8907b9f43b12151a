import { elementByName } from '../../../core/ipfix/registry/registry.ts';
import type { ReadRecord } from '../../../collector/reading/record.ts';
import type { Oracle, OracleRecord } from './oracle.ts';

/** What the corpus promises of a record of NetFlow or IPFIX, in our words. */
export function expectedOf(record: OracleRecord, { messages, templates, fixedKeys }: Oracle): unknown {
  const message = messages[record.m]!;
  const template = record.t === undefined ? undefined : templates[record.t]!;
  const numbers = template
    ? template.fields.map((field) => field.split(':')[0])
    : fixedKeys?.[message.version]?.map((name) => String(elementByName(name)?.elementId));
  return {
    message: record.m,
    set: record.s,
    exporter: message.exporter,
    domain: message.domain ?? null,
    templateId: template?.id ?? null,
    options: template?.options ?? false,
    numbers,
    values: record.v,
    startUs: record.n.startUs ?? null,
    endUs: record.n.endUs ?? null,
  };
}

/** A record that was read, in the same words. */
export const comparable = ({
  message,
  set,
  exporter,
  domain,
  templateId,
  options,
  fields,
  startUs,
  endUs,
}: ReadRecord): unknown => ({
  message,
  set,
  exporter,
  domain,
  templateId,
  options: options ?? false,
  numbers: fields.map(({ pen, id }) => (pen === 0 ? `${id}` : `${pen}/${id}`)),
  values: fields.map(({ value }) => value),
  startUs,
  endUs,
});

/** How many records of each Set had to wait for their Template: `message.set: records`. */
export const lateOf = (records: readonly ReadRecord[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { message, set } of records) counts.set(`${message}.${set}`, (counts.get(`${message}.${set}`) ?? 0) + 1);
  return counts;
};

export const expectedLate = ({ messages }: Oracle): ReadonlyMap<string, number | 'variable'> =>
  new Map(
    messages.flatMap(({ sets }, message) =>
      sets.flatMap(({ lateRecords }, set) => (lateRecords === undefined ? [] : [[`${message}.${set}`, lateRecords] as const])),
    ),
  );

/** What the corpus promises of the records of an sFlow capture; it does not tell all we read. */
export const expectedSamples = ({ datagrams = [] }: Oracle): unknown[] =>
  datagrams.flatMap(({ exporter, agent, subAgent, samples = [] }, message) =>
    samples.flatMap(({ records, ...sample }, set) =>
      records.map((record) => ({ message, set, exporter, domain: subAgent, sflow: { agent, sample, record } })),
    ),
  );
