'use strict';
// Node's http2 server, scripted: every callback is a row. Options (first argument, JSON): `api` "stream" or "compat";
// `errListeners` whether 'error' is listened to; `opts` for createServer().
const http2 = require('http2');
const { say, reason, options, obey, reportTheProcess, listen } = require('./say.js');

const asked = options({ api: 'stream', errListeners: true, opts: {} });
const server = http2.createServer(asked.opts);
const sessions = new Map();  // session -> its number, in the order in which the server met them
let sessionsMet = 0;

const detailsOf = {
  error: (error) => reason(error),
  sessionError: (error) => reason(error),
  frameError: (type, code, id) => ({ args: [type, code, id] }),
  goaway: (code, lastStream) => ({ code, last: lastStream }),
  data: (chunk) => ({ len: chunk.length }),
};

// Listens to each of `events` and says so, with `about` on every row.
const hear = (emitter, label, events, about = {}) => {
  for (const event of events) {
    if (event === 'error' && !asked.errListeners) continue;
    emitter.on(event, (...given) => {
      if (event === 'localSettings') return say(`${label} '${event}'`);
      const details = { ...about, ...(detailsOf[event] ? detailsOf[event](...given) : {}) };
      if (event === 'close' && typeof given[0] === 'boolean') details.hadError = given[0];
      say(`${label} '${event}'`, details);
    });
  }
};

hear(server, 'server', ['close', 'error', 'sessionError', 'timeout']);
server.on('connection', (socket) => {
  say("server 'connection'");
  hear(socket, 'socket', ['end', 'close', 'error', 'timeout', 'drain']);
});
server.on('session', (session) => {
  const sess = ++sessionsMet;
  sessions.set(session, sess);
  say("server 'session'", { sess });
  hear(session, 'session', ['close', 'error', 'goaway', 'frameError', 'timeout', 'localSettings'], { sess });
  session.on('close', () => sessions.delete(session));
});

// What the handler of a path does. `io` hides which API it is: {id, state, respond, write, end, consume, onEnd}.
const handlers = {
  '/fast': (io) => { io.consume(); io.respond(200); io.end('ok'); },
  '/delay': (io, query) => {
    io.consume();
    setTimeout(() => {
      say('handler timer fired', { stream: io.id, state: io.state() });
      io.respond(200);
      io.end('late');
    }, Number(query.get('ms')) || 500);
  },
  '/echo': (io) => {
    io.respond(200);
    io.onEnd(() => { say('handler saw request end', { stream: io.id }); io.end('got-all'); });
    io.consume();
  },
  '/waitbody': (io) => {
    io.onEnd(() => { say('handler saw request end', { stream: io.id }); io.respond(200); io.end('got-all'); });
    io.consume();
  },
  '/now': (io) => { io.respond(200); io.end('early'); },
  '/nowconsume': (io) => { io.consume(); io.respond(200); io.end('early'); },
  '/big': (io, query) => { io.consume(); io.respond(200); io.end(Buffer.alloc(Number(query.get('n')) || 1000000, 'x')); },
  '/tick': (io, query) => {  // n chunks of sz bytes, one every ms (the second one after `first`); the last one is a single byte
    const number = (name, otherwise) => Number(query.get(name)) || otherwise;
    const chunks = number('n', 10), period = number('ms', 100), size = number('sz', 10), first = number('first', period);
    let i = 0;
    const written = (error) => {
      if (error) say('write callback error', { stream: io.id, i, ...reason(error) });
      else if (query.get('cb')) say('write callback ok', { stream: io.id, i });
    };
    const tick = () => {
      i++;
      const last = i === chunks, state = io.state(), details = {};
      try {
        const more = last ? io.end('z') : io.write('x'.repeat(size), written);
        details.ret = typeof more === 'boolean' ? more : typeof more;
      } catch (error) {
        details.thrown = reason(error);
      }
      say(last ? 'handler end()' : 'handler write()', { stream: io.id, i, state, ...details });
      if (!last) setTimeout(tick, i === 1 ? first : period);
    };
    io.consume();
    io.respond(200);
    tick();
  },
  '/hang': (io) => { io.consume(); say('handler hangs', { stream: io.id }); },
  '/hangnoread': (io) => say('handler hangs (does not read)', { stream: io.id }),
};
handlers['/small'] = handlers['/fast'];
handlers['/huge'] = handlers['/big'];

const handle = (target, io) => {
  const url = new URL(target, 'http://localhost');
  const handler = handlers[url.pathname];
  if (handler) return handler(io, url.searchParams);
  io.consume();
  io.respond(404);
  io.end('nf');
};

const guarded = (stream, respond) => (status) => {
  try {
    respond(status);
  } catch (error) {
    say('respond() threw', { stream, ...reason(error) });
  }
};

if (asked.api === 'stream') {
  server.on('stream', (stream, headers) => {
    const id = stream.id;
    say("server 'stream'", { stream: id, path: headers[':path'] });
    hear(stream, 'stream', ['aborted', 'close', 'error', 'finish', 'timeout', 'frameError', 'drain', 'end'], { stream: id });
    handle(headers[':path'], {
      id,
      state: () => {
        const { destroyed, closed, aborted, writable, rstCode } = stream;
        return { destroyed, closed, aborted, writable, rst: rstCode };
      },
      respond: guarded(id, (status) => stream.respond({ ':status': status })),
      write: (data, written) => stream.write(data, written),
      end: (data) => stream.end(data),
      consume: () => hear(stream, 'stream', ['data'], { stream: id }),
      onEnd: (then) => stream.on('end', then),
    });
  });
} else {
  server.on('request', (req, res) => {
    const id = req.stream.id;
    say("server 'request'", { stream: id, path: req.url });
    hear(req, 'req', ['aborted', 'close', 'end', 'error'], { stream: id });
    hear(res, 'res', ['close', 'finish', 'error', 'aborted', 'drain'], { stream: id });
    hear(req.stream, 'stream', ['aborted', 'close', 'finish'], { stream: id });
    handle(req.url, {
      id,
      state: () => ({ req_aborted: req.aborted, req_destroyed: req.destroyed, res_ended: res.writableEnded }),
      respond: guarded(id, (status) => res.writeHead(status)),
      write: (data, written) => res.write(data, written),
      end: (data) => { res.end(data); },
      consume: () => hear(req, 'req', ['data'], { stream: id }),
      onEnd: (then) => req.on('end', then),
    });
  });
}

const close = (tag) => {
  say('server.close() called', { sessions: sessions.size, tag });
  server.close((error) => say('server.close() callback', reason(error)));
};
process.on('SIGTERM', () => { say('SIGTERM received'); close('sigterm'); });
reportTheProcess();
obey({
  close: () => close('stdin'),
  closeSessions() {
    for (const [session, sess] of sessions) {
      say('session.close() called', { sess });
      session.close(() => say('session.close() callback', { sess }));
    }
  },
  destroySessions() {
    for (const [session, sess] of sessions) {
      say('session.destroy() called', { sess });
      session.destroy();
    }
  },
  goaway({ code = 0 }) {
    for (const session of sessions.keys()) {
      say('session.goaway() called');
      session.goaway(code);
    }
  },
  report() {
    server.getConnections((error, connections) => {
      say('report', { listening: server.listening, connections, handles: process.getActiveResourcesInfo() });
    });
  },
});
listen(server);
