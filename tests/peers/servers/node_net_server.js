'use strict';
// Node's net server, scripted: every callback is a row. Options (first argument, JSON): `opts` for createServer();
// `maxConnections`; `timeout` of each socket in ms; `noErrListener` leaves 'error' unheard; `mode`, what the application does
// with a connection.
const net = require('net');
const { say, reason, options, obey, reportTheProcess, listen } = require('./say.js');

const asked = options({ opts: {}, mode: 'sink' });
const server = net.createServer(asked.opts);
if (asked.maxConnections !== undefined) server.maxConnections = asked.maxConnections;
if (asked.dropMaxConnection !== undefined) server.dropMaxConnection = asked.dropMaxConnection;
const sockets = [];

const why = (error) => (error ? { err: error.code || error.message, msg: error.message } : {});
const stateOf = ({ readyState, destroyed, readable, writable }) => ({ readyState, destroyed, readable, writable });

server.on('drop', (drop) => say("server 'drop'", { d: drop && { ...drop, remotePort: 0, localPort: 0 } }));
server.on('close', () => say("server 'close'"));
server.on('error', (error) => say("server 'error'", why(error)));

const hearData = (socket, about, then) => socket.on('data', (data) => {
  say("socket 'data'", { ...about, len: data.length });
  if (then) then(data);
});

const modes = {
  sink: (socket, sock) => hearData(socket, { sock }),
  noread: () => {},
  echo: (socket, sock) => hearData(socket, { sock }, (data) => socket.write(data)),
  bigwrite: (socket, sock) => {
    socket.on('data', () => {});
    socket.end(Buffer.alloc(asked.n || 8000000), () => say('end() callback', { sock }));
  },
  endnow: (socket) => { socket.on('data', () => {}); socket.end('bye'); },
  writeonend: (socket, sock) => {
    const write = (label, text) => {
      const more = socket.write(text, (error) => say(`${label} callback`, { sock, ...why(error) }));
      say(`${label} ret`, { sock, ret: more });
    };
    socket.on('data', () => {});
    socket.on('end', () => {
      write('write in end handler', 'abc');
      setTimeout(() => write('write 200ms after end', 'def'), 200);
      setTimeout(() => write('write 400ms after end', 'ghi'), 400);
      setTimeout(() => { say('socket.end()'); socket.end(); }, 600);
    });
  },
  closeonconn: (socket, sock) => { hearData(socket, { sock }); close(); },
};

server.on('connection', (socket) => {
  const sock = sockets.push(socket);
  say("server 'connection'", { sock, allowHalfOpen: socket.allowHalfOpen, paused: socket.isPaused() });
  socket.on('end', () => say("socket 'end'", { sock, ...stateOf(socket) }));
  socket.on('finish', () => say("socket 'finish'", { sock, ...stateOf(socket) }));
  socket.on('timeout', () => say("socket 'timeout'", { sock }));
  socket.on('drain', () => say("socket 'drain'", { sock }));
  if (!asked.noErrListener) socket.on('error', (error) => say("socket 'error'", { sock, ...why(error) }));
  socket.on('close', (hadError) => {
    say("socket 'close'", { sock, hadError });
    server.getConnections((error, c) => say('getConnections after socket close', { c }));
  });
  if (asked.timeout) socket.setTimeout(asked.timeout);
  modes[asked.mode](socket, sock);
});

function close() {
  say('server.close() called', { listening: server.listening });
  const returned = server.close((error) => say('server.close() callback', { listening: server.listening, ...why(error) }));
  say('server.close() returned', { same: returned === server, listening: server.listening });
}

process.on('SIGTERM', () => { say('SIGTERM received'); close(); });
reportTheProcess();
const socketOf = ({ i = 1 }) => sockets[i - 1];
obey({
  close,
  destroy(command) {
    say('socket.destroy() called', { sock: command.i || 1, withErr: Boolean(command.err) });
    socketOf(command).destroy(command.err ? new Error(command.err) : undefined);
  },
  end(command) { say('socket.end() called'); socketOf(command).end(); },
  destroySoon(command) { say('socket.destroySoon() called'); socketOf(command).destroySoon(); },
  reset(command) { say('socket.resetAndDestroy() called'); socketOf(command).resetAndDestroy(); },
  resume(command) { say('socket.resume() called'); hearData(socketOf(command), {}); socketOf(command).resume(); },
  write(command) {
    const more = socketOf(command).write('x'.repeat(command.n || 3), (error) => say('write callback', why(error)));
    say('write ret', { ret: more });
  },
  unrefAll() { server.unref(); for (const socket of sockets) socket.unref(); },
  unrefServer() { say('server.unref()'); server.unref(); },
  block({ ms, thenClose }) {
    const until = Date.now() + ms;
    say('event loop blocked');
    while (Date.now() < until);
    say('event loop unblocked');
    if (thenClose) close();
  },
  report() {
    server.getConnections((error, connections) => {
      const handles = process.getActiveResourcesInfo();
      say('report', { connections, listening: server.listening, socks: sockets.map(stateOf), handles });
    });
  },
});
listen(server);
