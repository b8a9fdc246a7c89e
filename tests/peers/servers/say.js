'use strict';
// What the three Node servers share: rows on standard output, commands from standard input, options from the command line.
const fs = require('fs');

// Synchronous, so that a row stands where it happened, whatever the event loop does next.
const say = (ev, details) => {
  const t = performance.timeOrigin + performance.now();
  fs.writeSync(1, JSON.stringify({ t, ev, ...details }) + '\n');
};

const reason = (error) => (error ? { err: error.code || error.message } : {});

const options = (defaults) => ({ ...defaults, ...JSON.parse(process.argv[2] || '{}') });

// One JSON object {"cmd": name, ...} a line. Standard input does not keep the process alive.
const obey = (commands) => {
  let unfinished = '';
  process.stdin.on('data', (text) => {
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop();
    for (const line of lines) {
      const command = JSON.parse(line);
      commands[command.cmd](command);
    }
  });
  process.stdin.unref();
};

const reportTheProcess = () => {
  process.on('uncaughtException', (error) => say('uncaughtException', reason(error)));
  process.on('unhandledRejection', (error) => say('unhandledRejection', reason(error)));
  process.on('exit', (code) => say('process exit event', { rc: code }));
};

const listen = (server) => {
  server.listen(0, '127.0.0.1', () => say('listening', { port: server.address().port, version: process.version }));
};

module.exports = { say, reason, options, obey, reportTheProcess, listen };
