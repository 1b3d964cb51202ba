import { closeAttempts } from './attempts';
import { database } from './database';
import { closeQueue } from './jobs';
import { DEMO_EMAIL, seed } from './seed';

// `tsx seed-cli.ts`, run by scripts/seed.mjs with the environment of web: makes the demo account and tells how to sign in.
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const { password } = await seed();
  if (password === null) {
    say(`The demo account ${DEMO_EMAIL} is there, with its meetings. Its password was told when it was made.`);
  } else {
    say(`Sign in as ${DEMO_EMAIL} with the password ${password}`);
    say('It is told this once and kept nowhere: note it, or change it under "Account".');
  }
} finally {
  await closeQueue();
  await Promise.all([database().$disconnect(), closeAttempts()]);
}
