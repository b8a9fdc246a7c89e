'use strict';
// Node's http server, scripted: every callback is a row. Options (first argument, JSON): `opts` for createServer(); `props` of
// the server, such as headersTimeout; `clientError` answers that event with 400; `sigterm` false leaves SIGTERM to its default.
const http = require('http');
const { say, reason, options, obey, reportTheProcess, listen } = require('./say.js');

const asked = options({ opts: {}, props: {}, clientError: false, sigterm: true });
const server = Object.assign(http.createServer(asked.opts), asked.props);
let socketsMet = 0, requestsMet = 0;

server.on('close', () => say("server 'close'"));
server.on('connection', (socket) => {
  const sock = ++socketsMet;
  say("server 'connection'", { sock });
  socket.on('close', (hadError) => say("socket 'close'", { sock, hadError }));
  socket.on('end', () => say("socket 'end'", { sock }));
  socket.on('timeout', () => say("socket 'timeout'", { sock }));
});
if (asked.clientError) {
  server.on('clientError', (error, socket) => {
    say("server 'clientError'", reason(error));
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
}
// Nobody listens to the server's 'timeout': with a listener Node would no longer destroy the socket itself.
server.on('upgrade', (req, socket) => {
  say("server 'upgrade'");
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  socket.on('data', (data) => say('upgraded data', { len: data.length }));
  socket.on('error', (error) => say('upgraded error', reason(error)));
});

const handlers = {
  '/fast': ({ req, res }) => { req.resume(); res.end('ok'); },
  '/delay': ({ req, res, id, query }) => {
    req.resume();
    setTimeout(() => {
      say('handler timer', { req: id, destroyed: res.destroyed });
      res.end('late');
    }, Number(query.get('ms')) || 500);
  },
  '/waitbody': ({ req, res }) => { req.on('end', () => res.end('got-all')); req.resume(); },
  '/now': ({ res }) => res.end('early'),
  '/big': ({ req, res, query }) => { req.resume(); res.end(Buffer.alloc(Number(query.get('n')) || 8000000, 'x')); },
  '/bigchunks': ({ req, res, id, query }) => {  // n - 1 chunks of 100000 bytes, one every 25 ms
    const chunks = Number(query.get('n')) || 40;
    let i = 0;
    const next = () => {
      if (++i < chunks) {
        res.write(Buffer.alloc(100000, 'y'));
        setTimeout(next, 25);
      } else {
        say('handler end() called', { req: id });
        res.end();
      }
    };
    req.resume();
    next();
  },
  '/hang': ({ req }) => req.resume(),
  '/tick': ({ req, res }) => {  // nine chunks of ten bytes, one every 100 ms, then a single byte
    let i = 0;
    const next = () => {
      if (++i === 10) return res.end('z');
      res.write('x'.repeat(10), (error) => error && say('write cb error', reason(error)));
      setTimeout(next, 100);
    };
    req.resume();
    next();
  },
};

server.on('request', (req, res) => {
  const id = ++requestsMet;
  const url = new URL(req.url, 'http://localhost');
  say("server 'request'", { req: id, path: req.url });
  req.on('aborted', () => say("req 'aborted'", { req: id }));
  req.on('close', () => say("req 'close'", { req: id, complete: req.complete, aborted: req.aborted }));
  req.on('end', () => say("req 'end'", { req: id }));
  req.on('error', (error) => say("req 'error'", { req: id, ...reason(error) }));
  res.on('close', () => say("res 'close'", { req: id, writableFinished: res.writableFinished }));
  res.on('finish', () => say("res 'finish'", { req: id, writableFinished: res.writableFinished }));
  res.on('error', (error) => say("res 'error'", { req: id, ...reason(error) }));
  const handler = handlers[url.pathname];
  if (handler) return handler({ req, res, id, query: url.searchParams });
  req.resume();
  res.statusCode = 404;
  res.end();
});

const close = () => {
  say('server.close() called');
  server.close((error) => say('server.close() callback', reason(error)));
  say('server.close() returned');
};
if (asked.sigterm) process.on('SIGTERM', () => { say('SIGTERM received'); close(); });
reportTheProcess();
obey({
  close,
  closeAll() { say('closeAllConnections() called'); server.closeAllConnections(); say('closeAllConnections() returned'); },
  closeIdle() { say('closeIdleConnections() called'); server.closeIdleConnections(); say('closeIdleConnections() returned'); },
  report() {
    server.getConnections((error, connections) => {
      say('report', { connections, listening: server.listening, handles: process.getActiveResourcesInfo() });
    });
  },
});
listen(server);
