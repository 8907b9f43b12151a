import { joined, markup, type Markup } from '../markup.ts';

/** The words of the report, in words that need none of them, by the alphabet. */
const WORDS: readonly (readonly [string, string])[] = [
  ['activity', 'Flows that belong together and have a name: a film, a call, a download.'],
  ['bucket', 'A stretch of time that is one bar of a chart, or one line of a bill.'],
  ['clock error', 'What a clock shows less what the time is. Above zero it is fast.'],
  ['collector', 'The program that receives the records, keeps them and answers questions.'],
  ['export', 'What a router sends to a collector: its records, in Messages.'],
  ['false alarm', 'An alert about something that did not happen.'],
  [
    'flow',
    'What two programs sent each other over one connection in one direction: from when to when, how many packets and octets. Not what was said.',
  ],
  ['Flow Record', 'What the router tells of a flow, or of a part of a long one (RFC 7011).'],
  ['in and out', 'Seen from the office: in is what it received, out what it sent.'],
  ['IPFIX', 'IP Flow Information Export, the standard by which routers tell of flows (RFC 7011).'],
  ['Message', 'What an exporter sends at once: a header with time and sequence number, and records.'],
  [
    'NAT',
    "Network address translation: the router puts its own public address in the place of everybody's inside one, and remembers by the port whose packet is whose (RFC 4787).",
  ],
  [
    'NTP',
    'Network Time Protocol: a computer asks a server what time it is, and works out from four times how far its own clock is off (RFC 5905).',
  ],
  ['octet', 'Eight bits, what most people call a byte. Headers of packets are counted too.'],
  ['precision, recall', 'Of what was told, the part that is right; of what happened, the part that was told.'],
  ['seed', 'A number that decides all chance of a simulation: the same seed makes the same day.'],
  ['sequence number', 'How many Data Records an exporter had sent before a Message. A gap shows what was lost.'],
  [
    'slew, step',
    'Two ways to set a clock right: let it run a little faster or slower for a while, or put it forward or back at once.',
  ],
  ['Template', 'A list of the fields that records of a number have, and how long each is.'],
  ['truth', 'What the simulation itself knows of every packet. In a real office nobody has it.'],
];

export const glossarySection = (): Markup =>
  markup`<dl class="glossary">${joined(WORDS.map(([word, meaning]) => markup`<div><dt>${word}</dt><dd>${meaning}</dd></div>`))}</dl>`;
