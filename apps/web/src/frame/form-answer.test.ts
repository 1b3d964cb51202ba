import { describe, expect, it } from 'vitest';
import { answer, no } from '../server/answer';
import { formAnswer, safePath } from './form-answer';

describe('safePath', () => {
  it.each(['/meetings', '/m/kqwd-mnab-tzrc', '/recordings?search=a%20b', '/j/abc.def', '/'])('goes to %s', (path) => {
    expect(safePath(path, '/meetings')).toBe(path);
  });

  it.each([
    ['/m/../meetings', '/meetings'],
    ['/recordings?search=周会', '/recordings?search=%E5%91%A8%E4%BC%9A'],
    ['/周会#一', '/%E5%91%A8%E4%BC%9A#%E4%B8%80'],
  ])('goes by %s to %s, as a header can carry it', (path, to) => {
    expect(safePath(path, '/meetings')).toBe(to);
  });

  it.each([
    '',
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    ' /meetings',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    '/a\n/b',
  ])('does not go to %j', (path) => {
    expect(safePath(path, '/meetings')).toBe('/meetings');
  });
});

describe('formAnswer', () => {
  const form = new FormData();
  form.set('name', 'Maya');
  form.set('password', 'secret words');
  form.set('file', new File(['x'], 'x'));

  it('keeps what was typed, but never what it was not told to keep', async () => {
    const { state } = await formAnswer(form, ['name', 'file', 'missing'], () =>
      Promise.resolve(no('too-many-attempts', 90)),
    );
    expect(state).toMatchObject({
      status: 'refused',
      code: 'too-many-attempts',
      retryAfterS: 90,
      values: { name: 'Maya', file: '', missing: '' },
    });
    expect(JSON.stringify(state)).not.toContain('secret');
  });

  it('gives all of a long text back, but no end of it', async () => {
    const long = new FormData();
    long.set('description', 'x'.repeat(100_001));
    const { state } = await formAnswer(long, ['description'], () => Promise.resolve(no('description-long')));
    expect(state.status === 'refused' && state.values.description).toBe('x'.repeat(100_000));
  });

  it('says when it is done, and that the database is away; throws the rest', async () => {
    expect((await formAnswer(form, [], () => Promise.resolve(answer(7)))).value).toBe(7);
    const away = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    expect((await formAnswer(form, [], () => Promise.reject(away))).state).toMatchObject({ code: 'database-away' });
    await expect(formAnswer(form, [], () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  });
});
