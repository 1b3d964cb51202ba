import { describe, expect, test } from 'vitest';
import { mayBeSignature, signBody, verifyBody } from './service-calls';

const SECRET = 'a secret between two';
const BODY = '{"type":"end","meeting":"the-meeting"}';
const NOW = 1_800_000_000_000;
const FIVE_MINUTES = 5 * 60_000;

describe('signatures of service calls', () => {
  test('accept what was signed, five minutes to either side', async () => {
    const header = await signBody(SECRET, BODY, NOW);
    for (const now of [NOW, NOW + FIVE_MINUTES, NOW - FIVE_MINUTES])
      expect(await verifyBody(SECRET, BODY, header, now)).toBe(true);
  });

  test('are the HMAC that the comment says, so that another program can make them', async () => {
    // printf '%s' '1800000000000.{"type":"end","meeting":"the-meeting"}' | openssl dgst -sha256 -hmac 'a secret between two'
    expect(await signBody(SECRET, BODY, NOW)).toBe(
      't=1800000000000,v1=6c47a8e314158a24f6688bb83d70dbd6a0f13a4cbc81342b8dd1762a9b1ec09c',
    );
  });

  test('refuse another body, another secret, another time and one that is too old or too new', async () => {
    const header = await signBody(SECRET, BODY, NOW);
    expect(await verifyBody(SECRET, `${BODY} `, header, NOW)).toBe(false);
    expect(await verifyBody('another secret', BODY, header, NOW)).toBe(false);
    expect(await verifyBody(SECRET, BODY, header.replace(`t=${NOW}`, `t=${NOW + 1}`), NOW)).toBe(false);
    expect(await verifyBody(SECRET, BODY, header, NOW + FIVE_MINUTES + 1)).toBe(false);
    expect(await verifyBody(SECRET, BODY, header, NOW - FIVE_MINUTES - 1)).toBe(false);
  });

  test('may be good by their header alone, or not', () => {
    const of = (t: string, v1 = '0'.repeat(64)) => `t=${t},v1=${v1}`;
    for (const at of [NOW, NOW + FIVE_MINUTES, NOW - FIVE_MINUTES]) expect(mayBeSignature(of(`${at}`), NOW)).toBe(true);
    const wrong = [undefined, null, '', of('x'), of(`${NOW}`, '00'), of(`${NOW - FIVE_MINUTES - 1}`)];
    for (const header of wrong) expect(mayBeSignature(header, NOW)).toBe(false);
  });

  test.each([undefined, null, '', 'v1=00', 't=,v1=', `t=${NOW}`, `t=${NOW},v1=${'0'.repeat(64)}`, 't=NaN,v1=zz'])(
    'refuse the header %j',
    async (header) => {
      expect(await verifyBody(SECRET, BODY, header, NOW)).toBe(false);
    },
  );
});
