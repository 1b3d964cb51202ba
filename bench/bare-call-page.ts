import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** The least a page must do for two people to meet: capture, one socket, one peer connection. The baseline for `join`. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>bare</title>
<script src="/socket.io/socket.io.js"></script>
<button id="join" disabled>Join now</button><video id="remote" autoplay playsinline muted></video>
<script>
const socket = io({ transports: ['websocket'] });
const host = location.hash === '#host';
const remote = document.getElementById('remote');
let peer = null;
let stream = null;
function open() {
  if (peer) peer.close();
  peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  peer.onicecandidate = (e) => e.candidate && socket.emit('say', { candidate: e.candidate });
  peer.ontrack = (e) => { if (e.track.kind === 'video') { remote.srcObject = new MediaStream([e.track]); remote.play(); } };
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
}
socket.on('say', async (message) => {
  if (message.hello && host) { open(); await peer.setLocalDescription(); socket.emit('say', { description: peer.localDescription }); }
  else if (message.description) {
    if (!peer) open();
    await peer.setRemoteDescription(message.description);
    if (message.description.type === 'offer') { await peer.setLocalDescription(); socket.emit('say', { description: peer.localDescription }); }
  } else if (message.candidate && peer) await peer.addIceCandidate(message.candidate).catch(() => {});
});
(async () => {
  stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const join = document.getElementById('join');
  join.onclick = () => socket.emit('say', { hello: true });
  if (socket.connected) join.disabled = false; else socket.once('connect', () => { join.disabled = false; });
})();
</script>`;

export async function startBareCallPage(): Promise<{ url: string; stop(): void }> {
  const http = createServer((request, response) => {
    if (request.url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
    else response.writeHead(404).end();
  });
  const io = new Server(http, { serveClient: true });
  io.on('connection', (socket) => socket.on('say', (message: unknown) => void socket.broadcast.emit('say', message)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(http.address() as AddressInfo).port}/`,
    stop() {
      void io.close();
    },
  };
}
