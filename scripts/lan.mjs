import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isLoopback } from './settings.mjs';

const YEAR_MS = 365 * 24 * 3_600_000;

/** This machine's address in the local network: the first IPv4 one that is not internal. */
export function lanAddress() {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { family, internal, address } of addresses ?? []) if (family === 'IPv4' && !internal) return address;
  }
  return null;
}

/** The local certificate authority (made on first use) and a certificate of it for `address`. */
async function certificate(dataDir, address) {
  const { generate } = await import('selfsigned');
  const folder = join(dataDir, 'lan');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'authority.json');
  if (!existsSync(file)) {
    const ca = await generate([{ name: 'commonName', value: 'Parley on this network' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notAfterDate: new Date(Date.now() + 10 * YEAR_MS),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    writeFileSync(join(folder, 'authority.crt'), ca.cert);
    // Whole or not at all, however this start ends.
    writeFileSync(`${file}.part`, JSON.stringify({ key: ca.private, cert: ca.cert }), { mode: 0o600, flush: true });
    renameSync(`${file}.part`, file);
  }
  const authority = JSON.parse(readFileSync(file, 'utf8'));
  // Browsers refuse certificates that are good for longer than 398 days.
  return await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + YEAR_MS),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: address },
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
}

/**
 * Whether a page is asked for under a name of this machine. Web leaves that to the proxy in front, and signal lets no page of
 * that origin in.
 */
function isAtOtherName({ method, url, headers: { host } }) {
  if (!['GET', 'HEAD'].includes(method) || !/^\/(?!api\/|socket\.io\/)/.test(url)) return false;
  return URL.canParse(`https://${host}`) && isLoopback(`https://${host}`);
}

/**
 * Serves web and signal over https on one port of every interface.
 * @param {{dataDir: string, address: string, port: number, webTarget: string, signalTarget: string}} options
 * @returns {Promise<{close: () => void, authorityFile: string}>}
 */
export async function serveLan({ dataDir, address, port, webTarget, signalTarget }) {
  const { createProxyServer } = await import('httpxy');
  const { private: key, cert } = await certificate(dataDir, address);
  const proxy = createProxyServer({ xfwd: true });
  const target = (url) => (url?.startsWith('/socket.io/') ? signalTarget : webTarget);
  const server = createServer({ key, cert }, (request, response) => {
    if (isAtOtherName(request)) {
      response
        .writeHead(307, { location: `https://${address}:${port}${request.url}`, 'cache-control': 'no-store' })
        .end();
      return;
    }
    proxy.web(request, response, { target: target(request.url) }).catch(() => {
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' });
      response.end('Parley is starting again. Try in a moment.');
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    proxy.ws(request, socket, { target: target(request.url) }, head).catch(() => socket.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', resolve);
  });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
    authorityFile: join(dataDir, 'lan', 'authority.crt'),
  };
}
