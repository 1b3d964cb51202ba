// Prints the random variables of a deployment, to append to a .env file: node scripts/make-secrets.mjs >> .env
import { randomBytes } from 'node:crypto';
import { ticketKeyPair } from './settings.mjs';

for (const name of ['NEXTAUTH_SECRET', 'INVITE_SECRET', 'REPORT_SECRET', 'TURN_SECRET', 'POSTGRES_PASSWORD']) {
  console.log(`${name}=${randomBytes(32).toString('hex')}`);
}
const pair = ticketKeyPair();
console.log(`TICKET_PRIVATE_KEY=${pair.private}\nTICKET_PUBLIC_KEY=${pair.public}`);
