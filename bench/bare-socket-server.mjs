// The baseline for signal: socket.io with nothing of ours. A socket joins a room by name and relays to one id.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { maxHttpBufferSize: 65_536, transports: ['websocket'] });
io.on('connection', (socket) => {
  socket.on('join', ({ room, id }, acknowledge) => {
    void socket.join([room, `${room}/${id}`]);
    socket.data = { room, id };
    acknowledge({ ok: true });
  });
  socket.on('relay', ({ to, body }) => {
    io.to(`${socket.data.room}/${to}`).emit('relay', { from: socket.data.id, body });
  });
});
http.listen(Number(process.env.SIGNAL_PORT), '127.0.0.1');
