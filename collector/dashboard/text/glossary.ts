/** Words of the page, in words that need none of them. */
export const GLOSSARY = {
  flow: 'What two programs sent each other over one connection in one direction: from when to when, how many packets and octets. Not what was said.',
  'time basis':
    'By whose clock things are placed in time: the router that saw the flow, the moment it was exported, or the moment the collector received it. If a clock is wrong, they differ. The truth is what the lab knows of its own packets.',
  NTP: 'The Network Time Protocol: a computer asks a server what time it is, and works out from four times how far its own clock is off.',
  NAT: 'Network address translation: the router puts its own public address in the place of everybody’s inside one, and remembers by the port whose packet is whose.',
  Template:
    'A list of the fields that records of a number have, and how long each is. Without it nobody can tell where a field begins.',
  octet: 'Eight bits, what most people call a byte. Headers of packets are counted too.',
  line: 'The connection of the office to the internet.',
  person: 'Whoever the inventory says has the address the flow came from or went to.',
  category: 'What the application of a flow is used for: streaming, mail, calls and so on.',
  'people online': 'People with a flow in the last five minutes.',
  confidence: 'How well what was seen fits the name it was given, from 0 to 100 %. It is no proof.',
  truth:
    'What really happened: the lab made the packets and wrote each of them down, apart from what the router told and the collector stored.',
  record: 'What the router sent to the collector about a flow, or a part of a long one.',
  peak: 'The busiest moment, averaged over one interval of the chart.',
} as const;
