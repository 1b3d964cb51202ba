// Runs a command and ends it, with whatever it has started, when whoever started us vanishes, however they were killed: our
// IPC channel then closes. The first message on the channel is the command's pid.
//   node guard.mjs <signal that asks the command to end> <command> [arguments]
import { spawn } from 'node:child_process';

const [, , signal, command, ...args] = process.argv;
let ending = false;
// Whoever started us may have vanished before we could listen for it: that event has passed.
if (process.send && !process.connected) process.exit(1);

// Before there is a command to end. Ctrl-C reaches us too; whoever started us decides the order in which things end.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.on('disconnect', end);

// A group of its own, for tools that are only the front of another program (turbo, npm).
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });

function tell(by) {
  try {
    process.kill(-child.pid, by);
  } catch {
    // They have all ended.
  }
}

// A channel that closes just now fails the message; unheard, that would end us before the command.
if (child.pid) process.send?.({ pid: child.pid }, () => {});

function end() {
  if (ending) return;
  ending = true;
  tell(signal);
  setTimeout(() => tell('SIGKILL'), 10_000).unref();
}

process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code, by) => process.exit(code ?? (by ? 1 : 0)));
