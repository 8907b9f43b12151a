import type { MappingView } from '../../../api/view/nat-view.ts';
import { formatEndpoint } from '../../text/format.ts';

const STATIONS_X = [80, 320, 560] as const;

/** From the laptop through the router to the server and back, with what the packet's ends are called on each side. */
export function Way({ mapping }: { readonly mapping: MappingView }) {
  const { who, insideAddress, insidePort, publicAddress, publicPort, remoteAddress, remotePort, protocol } = mapping;
  const [inside, outside, remote] = [
    formatEndpoint(insideAddress, insidePort),
    formatEndpoint(publicAddress, publicPort),
    formatEndpoint(remoteAddress, remotePort),
  ];
  const [laptopX, routerX, serverX] = STATIONS_X;
  return (
    <div class="drawing">
      <svg
        class="way"
        viewBox="0 0 640 170"
        role="img"
        aria-label={`${who} sends from ${inside}; the router makes it ${outside}; ${remote} answers to ${outside}, and the router gives it to ${inside}. ${protocol}.`}
      >
        <Station x={laptopX} name={who} what={inside} />
        <Station x={routerX} name="router" what={outside} />
        <Station x={serverX} name="server" what={remote} />
        <Leg from={laptopX} to={routerX} y={104} text={`from ${inside}`} class="up" />
        <Leg from={routerX} to={serverX} y={104} text={`from ${outside}`} class="up" />
        <Leg from={serverX} to={routerX} y={146} text={`to ${outside}`} class="down" />
        <Leg from={routerX} to={laptopX} y={146} text={`to ${inside}`} class="down" />
      </svg>
    </div>
  );
}

function Station({ x, name, what }: { readonly x: number; readonly name: string; readonly what: string }) {
  return (
    <g>
      <rect x={x - 72} y="8" width="144" height="52" rx="8" class="station" />
      <text x={x} y="30" text-anchor="middle" class="station-name">
        {name.length > 20 ? `${name.slice(0, 19)}…` : name}
      </text>
      <text x={x} y="49" text-anchor="middle" class="station-what">
        {what}
      </text>
      <line x1={x} x2={x} y1="60" y2="164" class="station-pole" />
    </g>
  );
}

function Leg({ from, to, y, text, class: kind }: { from: number; to: number; y: number; text: string; class: string }) {
  const tip = to > from ? to - 6 : to + 6;
  const side = to > from ? -8 : 8;
  return (
    <g class={`leg ${kind}`}>
      <line x1={from} x2={tip} y1={y} y2={y} />
      <path d={`M${to} ${y}L${to + side} ${y - 5}L${to + side} ${y + 5}Z`} />
      <circle r="4" cx={from} cy={y}>
        <animate
          attributeName="cx"
          from={String(from)}
          to={String(tip)}
          dur="2s"
          begin={kind === 'up' ? '0s' : '1s'}
          repeatCount="indefinite"
        />
      </circle>
      <text x={(from + to) / 2} y={y - 8} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}
