import { FIRST_TEMPLATE_ID, OPTIONS_TEMPLATE_SET_ID, TEMPLATE_SET_ID } from './template.ts';
import type { Template } from './template.ts';
import { readTemplateSet } from './template-reader.ts';

const VERSION = 10;
const MESSAGE_HEADER_LENGTH = 16;
const SET_HEADER_LENGTH = 4;

/** What is wrong with octets that came from outside, and where. */
export interface IpfixIssue {
  /** Stable and short, for counters: `message-version`, `set-length`, ... */
  readonly code: string;
  /** Octet of the view. */
  readonly offset: number;
  readonly detail: string;
}

/** Which of the two sorts of Template a withdrawal is about. */
export type TemplateKind = 'template' | 'options-template';

/** Told what is in a Message, in its order, which is the order things take effect in (RFC 7011 section 8.1). */
export interface MessageVisitor {
  /** The header, when it could be read: before all else that is not an issue with it. */
  message?(header: MessageHeader): void;
  template(domainId: number, template: Template): void;
  /** Template ID 2 withdraws all Templates of the domain, 3 all Options Templates (RFC 7011 section 8.1). */
  withdrawal(domainId: number, templateId: number, kind: TemplateKind): void;
  /** Data Records, with padding after them perhaps, lie from `offset` to `end` of the view. */
  dataSet(domainId: number, templateId: number, offset: number, end: number): void;
  issue(issue: IpfixIssue): void;
  /** A Set begins, of whatever kind, before what is in it is told. */
  set?(setId: number, offset: number): void;
}

/** How a Message is taken that is longer, by its own word, than what is there. */
export interface ReadOptions {
  /**
   * A Message or Set whose length goes beyond the view's end, or beyond the Message's, is an issue and read as far as it goes: what a
   * capture cut short has kept, or an exporter counted wrongly. Without it the Message is refused, and the Set and what follows it.
   */
  readonly keepCut?: boolean;
}

const ONLY_WHOLE: ReadOptions = {};

/** RFC 7011 section 3.1. */
export interface MessageHeader {
  /** Octets of the Message with its header; a view may hold more. */
  readonly length: number;
  /** Seconds since 1970 by the exporter's clock. */
  readonly exportTimeS: number;
  /** Data Records sent before this Message, modulo 2^32. */
  readonly sequenceNumber: number;
  readonly observationDomainId: number;
}

/**
 * Reads the Message at the view's start. Returns `undefined` when there is none: the version is not 10 or the length is not
 * that of a Message inside the view. Faults further on are issues too, and the rest of the Message is read as far as it can be
 * told apart. Never throws, whatever the octets.
 */
export function readMessage(
  view: DataView,
  visitor: MessageVisitor,
  options: ReadOptions = ONLY_WHOLE,
): MessageHeader | undefined {
  const header = readHeader(view, visitor, options);
  if (header === undefined) return undefined;
  visitor.message?.(header);
  const { observationDomainId } = header;
  const length = Math.min(header.length, view.byteLength);
  let offset = MESSAGE_HEADER_LENGTH;
  while (offset < length) {
    if (length - offset < SET_HEADER_LENGTH) {
      visitor.issue({ code: 'set-header', offset, detail: `${length - offset} octets after the last Set` });
      break;
    }
    const setId = view.getUint16(offset);
    const setLength = view.getUint16(offset + 2);
    const isCut = offset + setLength > length;
    if (setLength < SET_HEADER_LENGTH || isCut) {
      visitor.issue({ code: 'set-length', offset, detail: `Set ${setId} has length ${setLength}, ${length - offset} are left` });
      // Where the next Set begins is unknown then.
      if (!isCut || options.keepCut !== true) break;
    }
    const end = isCut ? length : offset + setLength;
    visitor.set?.(setId, offset);
    if (setId >= FIRST_TEMPLATE_ID) {
      visitor.dataSet(observationDomainId, setId, offset + SET_HEADER_LENGTH, end);
    } else if (setId === TEMPLATE_SET_ID || setId === OPTIONS_TEMPLATE_SET_ID) {
      readTemplateSet(view, offset, end, observationDomainId, visitor);
    } else {
      visitor.issue({ code: 'set-id', offset, detail: `Set ID ${setId} is reserved` });
    }
    offset = end;
  }
  return header;
}

function readHeader(view: DataView, visitor: MessageVisitor, { keepCut }: ReadOptions): MessageHeader | undefined {
  const available = view.byteLength;
  if (available < MESSAGE_HEADER_LENGTH) return refuse(visitor, 'message-header', `${available} octets are less than a header`);
  const version = view.getUint16(0);
  if (version !== VERSION) return refuse(visitor, 'message-version', `version ${version} is not ${VERSION}`);
  const length = view.getUint16(2);
  if (length < MESSAGE_HEADER_LENGTH || length > available) {
    refuse(visitor, 'message-length', `length ${length} with ${available} octets there`);
    if (length < MESSAGE_HEADER_LENGTH || keepCut !== true) return undefined;
  }
  return {
    length,
    exportTimeS: view.getUint32(4),
    sequenceNumber: view.getUint32(8),
    observationDomainId: view.getUint32(12),
  };
}

const refuse = (visitor: MessageVisitor, code: string, detail: string): undefined =>
  void visitor.issue({ code, offset: 0, detail });
