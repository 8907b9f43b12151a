/** RFC 7012 section 3.1, RFC 6313 section 4.5 (lists), and `unsigned256` of the newest elements of the IANA registry. */
export type AbstractDataType =
  | 'octetArray'
  | 'unsigned8'
  | 'unsigned16'
  | 'unsigned32'
  | 'unsigned64'
  | 'unsigned256'
  | 'signed8'
  | 'signed16'
  | 'signed32'
  | 'signed64'
  | 'float32'
  | 'float64'
  | 'boolean'
  | 'macAddress'
  | 'string'
  | 'dateTimeSeconds'
  | 'dateTimeMilliseconds'
  | 'dateTimeMicroseconds'
  | 'dateTimeNanoseconds'
  | 'ipv4Address'
  | 'ipv6Address'
  | 'basicList'
  | 'subTemplateList'
  | 'subTemplateMultiList';

/** RFC 7012 section 3.2, RFC 6313 section 4.6 (list) and RFC 8038 section 6.3 (snmp...). */
export type DataTypeSemantics =
  'default' | 'quantity' | 'totalCounter' | 'deltaCounter' | 'identifier' | 'flags' | 'list' | 'snmpCounter' | 'snmpGauge';

/** What the registry says of one element. */
export interface InformationElement {
  /** Private Enterprise Number of who defined it; 0 is IANA. */
  readonly enterpriseNumber: number;
  readonly elementId: number;
  readonly name: string;
  readonly dataType: AbstractDataType;
  readonly semantics: DataTypeSemantics;
}

/** An element as the generated table holds it: enterprise number, element id, name, data type, semantics. */
export type ElementRow = readonly [number, number, string, AbstractDataType, DataTypeSemantics];
