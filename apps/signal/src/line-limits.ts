import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server } from 'socket.io';
import type { Clock } from './clock';
import type { SignalSocket } from './connection';
import { type Allowance, TokenBucket } from './token-bucket';

/** Packets of one line of any kind, before anybody knows who sends them: above what its commands and relays may be together. */
const PACKETS = { rate: 500, burst: 2_500 };
/** WebSocket pings and pongs: a browser sends none, a proxy or a program that keeps its line alive one in some seconds. */
const CONTROL_FRAMES = { rate: 1, burst: 60 };

/** What is used of ws, whose types are not at hand here. */
interface WebSocket {
  on(event: 'message' | 'ping' | 'pong', listener: () => void): unknown;
  terminate(): void;
}
type Opened = (websocket: WebSocket) => void;
interface WebSocketServer {
  handleUpgrade(request: IncomingMessage, line: Duplex, head: Buffer, opened: Opened): void;
}

/**
 * Ends a line that sends more than it may, from its first byte on. Over WebSocket its messages, pings and pongs are counted, not
 * engine.io's packets: ws answers every ping by itself, and engine.io tells of no packet before a session is upgraded to the WebSocket.
 */
export function limitLines(engine: Server['engine'], clock: Clock): void {
  engine.on('connection', (line: SignalSocket['conn']) => {
    if (line.transport.name === 'polling')
      line.on(
        'packet',
        counting(PACKETS, clock, () => line.close(true)),
      );
  });
  // Engine.io offers no event for a WebSocket that a session is not upgraded to yet.
  const server = (engine as unknown as { readonly ws: WebSocketServer }).ws;
  const handleUpgrade = server.handleUpgrade.bind(server);
  server.handleUpgrade = (request, line, head, opened) =>
    handleUpgrade(request, line, head, (websocket) => {
      const end = () => websocket.terminate();
      websocket.on('message', counting(PACKETS, clock, end));
      const control = counting(CONTROL_FRAMES, clock, end);
      websocket.on('ping', control);
      websocket.on('pong', control);
      opened(websocket);
    });
}

/** Takes one from the allowance at each call, and calls `over` when there is none left. */
function counting(allowance: Allowance, clock: Clock, over: () => void): () => void {
  // Made when first needed: most lines never send a control frame.
  let bucket: TokenBucket | undefined;
  return () => {
    bucket ??= new TokenBucket(allowance, clock.now());
    if (bucket.take(clock.now()) !== 'ok') over();
  };
}
