import { type Packet, parser } from 'mqtt-packet';

/** Parses what a broker sent. @returns what is wrong with it, '' when it is whole and well-formed packets */
export function packetFault(bytes: Buffer, protocolVersion: 3 | 4 | 5): string {
  let fault = '';
  const parse = parser({ protocolVersion });
  const seen: Packet['cmd'][] = [];
  parse.on('packet', (packet) => seen.push(packet.cmd));
  parse.on('error', (error: Error) => {
    fault ||= error.message;
  });
  const left = parse.parse(bytes);
  if (fault !== '') return `${fault} (after ${seen.join(', ') || 'nothing'}): ${bytes.toString('hex')}`;
  return left > 0 ? `${left} bytes of an unfinished packet: ${bytes.toString('hex')}` : '';
}
